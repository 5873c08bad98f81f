"""The words a workflow file may use: what a move can need, what can bar it, what it can set."""

NEEDS = frozenset(
    "merged_into reason reason_code proposed_org questions addressee explanation attachments_or_reason "
    "verdict_per_alert findings attachments model_checklist explanation_or_deferral data_change measures "
    "review_questions root_cause reasons opinion clarification_offer clue_receipt conclusion punishment_or_none "
    "second_signature measures_done money_ledger inspection_record resume_by reopen_cause new_due kind amount date "
    "voucher what_is_wrong new_grade".split()
)
GUARDS = frozenset(
    "target_open same_confidentiality no_tip_off_risk deadline_passed grade_not_red grade_is_red some_alert_true "
    "no_alert_true ledger_settled_or_planned four_questions_answered second_review_done_if_red not_merged "
    "reopen_cause_allowed".split()
)
SETS = frozenset(
    "assignee_org end line outcome_merged assignee_person explanation_absent cleared_by_data inspection_due "
    "episode_plus_one exclude_previous_handler".split()
)
