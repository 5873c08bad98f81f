from django.urls import path

from steelyard.web.workbench import views

urlpatterns = [
    path("", views.model_list, name="model_list"),
    path("<path:model_id>/", views.model_detail, name="model_detail"),
]
