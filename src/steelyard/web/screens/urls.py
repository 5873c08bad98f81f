from django.urls import path

from steelyard.web.screens import views

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("notices/<uuid:pk>/", views.open_notice, name="open_notice"),
]
