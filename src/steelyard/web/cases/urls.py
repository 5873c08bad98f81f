from django.urls import path

from steelyard.web.cases import sheet_views, views

urlpatterns = [
    path("", views.case_list, name="case_list"),
    path("questions/", sheet_views.question_list, name="question_list"),
    path("questions/<int:pk>/", sheet_views.question_sheet, name="question_sheet"),
    path("files/<uuid:pk>/", sheet_views.case_file, name="case_file"),
    path("<str:no>/", views.case_detail, name="case_detail"),
    path("<str:no>/dossier/", views.case_dossier, name="case_dossier"),
    path("<str:no>/act/<str:move>/", views.case_act, name="case_act"),
    path("<str:no>/sign/<str:move>/", views.case_ask_signature, name="case_ask_signature"),
    path("<str:no>/requests/<int:pk>/", views.case_decide, name="case_decide"),
    path("<str:no>/ledger/<int:pk>/", views.ledger_take_back, name="ledger_take_back"),
    path("<str:no>/files/", views.case_attach, name="case_attach"),
]
