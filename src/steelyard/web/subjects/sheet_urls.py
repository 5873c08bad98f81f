from django.urls import path

from steelyard.web.subjects import review_views, subject_views, tie_views

urlpatterns = [
    path("review/", review_views.review_queue, name="review_queue"),
    path("review/<int:number>/", review_views.review_item, name="review_item"),
    path("review/<int:number>/judge/", review_views.review_judge, name="review_judge"),
    path("review/<int:number>/sign/", review_views.review_sign, name="review_sign"),
    path("review/<int:number>/undo/", review_views.review_undo, name="review_undo"),
    path("review/<int:number>/open/", review_views.review_open, name="review_open"),
    path("<str:key>/", subject_views.subject_detail, name="subject_detail"),
    path("<str:key>/purpose/", subject_views.subject_gate, name="subject_gate"),
    path("<str:key>/ties/", tie_views.subject_ties, name="subject_ties"),
    path("<str:key>/ties/data/", tie_views.tie_data, name="subject_tie_data"),
    path("<str:key>/ties/exported/", tie_views.tie_exported, name="subject_ties_exported"),
]
