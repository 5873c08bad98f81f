from django.urls import path

from steelyard.web.powers import views

urlpatterns = [
    path("", views.matter_list, name="matter_list"),
    path("new/", views.matter_new, name="matter_new"),
    path("<str:number>/", views.matter_detail, name="matter_detail"),
    path("<str:number>/step/<str:step>/", views.matter_step, name="matter_step"),
    path("<str:number>/contract/", views.matter_contract, name="matter_contract"),
    path("<str:number>/payment/", views.matter_payment, name="matter_payment"),
]
