from django.urls import path

from steelyard.web.subjects import views

urlpatterns = [
    path("questions/", views.identity_questions, name="identity_questions"),
    path("questions/<int:number>/", views.identity_question, name="identity_question"),
]
