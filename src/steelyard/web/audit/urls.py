from django.urls import path

from steelyard.web.audit import views

urlpatterns = [path("audit/", views.audit_list, name="audit_list")]
