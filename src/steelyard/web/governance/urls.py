from django.urls import path

from steelyard.web.governance import views

urlpatterns = [
    path("", views.loophole_list, name="loophole_list"),
    path("open/", views.loophole_open, name="loophole_open"),
    path("<str:number>/", views.loophole_detail, name="loophole_detail"),
    path("<str:number>/step/<str:name>/", views.loophole_step, name="loophole_step"),
]
