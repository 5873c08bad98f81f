from django.urls import path

from steelyard.web.workbench import backtest_views, held_views, life_views, run_views, score_views, views
from steelyard.web.workbench.drafts import views as drafts

urlpatterns = [
    path("", views.model_list, name="model_list"),
    path("handbook/", views.model_handbook, name="model_handbook"),
    path("drafts/", drafts.draft_list, name="draft_list"),
    path("drafts/words/", drafts.draft_words, name="draft_words"),
    path("drafts/<int:pk>/", drafts.draft_edit, name="draft_edit"),
    path("drafts/<int:pk>/check/", drafts.draft_check, name="draft_check"),
    path("drafts/<int:pk>/export/", drafts.draft_export, name="draft_export"),
    path("drafts/runs/<int:pk>/", drafts.draft_run, name="draft_run"),
    path("drafts/runs/<int:pk>/case/", drafts.draft_case, name="draft_case"),
    path("requests/", life_views.motion_list, name="motion_list"),
    path("requests/<int:pk>/", life_views.motion_detail, name="motion_detail"),
    path("requests/<int:pk>/say/", life_views.motion_say, name="motion_say"),
    path("backtests/<int:number>/", backtest_views.backtest_report, name="backtest_report"),
    path("life/<path:model_id>/backtests/", backtest_views.backtest_list, name="backtest_list"),
    path("life/<path:model_id>/backtest/", backtest_views.backtest_ask, name="backtest_ask"),
    path("life/<path:model_id>/release/", life_views.release_ask, name="release_ask"),
    path("life/<path:model_id>/value/", life_views.value_ask, name="value_ask"),
    path("life/<path:model_id>/end/", life_views.value_end, name="value_end"),
    path("life/<path:model_id>/sweep/", life_views.sweep_answer, name="sweep_answer"),
    path("life/<path:model_id>/", life_views.model_life, name="model_life"),
    path("runs/", run_views.run_list, name="run_list"),
    path("runs/<int:number>/", run_views.run_detail, name="run_detail"),
    path("scores/", score_views.model_scores, name="model_scores"),
    path("health/", run_views.model_health, name="model_health"),
    path("held/", held_views.held_list, name="held_list"),
    path("held/<int:number>/", held_views.held_detail, name="held_detail"),
    path("held/<int:number>/decide/", held_views.held_decide, name="held_decide"),
    path("<path:model_id>/", views.model_detail, name="model_detail"),
]
