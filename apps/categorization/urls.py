from django.urls import path

<<<<<<< HEAD
from apps.categorization.views import merchants, review

app_name = "categorization"
urlpatterns = [
    path("merchants/", merchants.merchants, name="merchants"),
    path("merchants/apply/", merchants.aliases_apply, name="aliases_apply"),
    path("merchants/aliases/new/", merchants.alias_new, name="alias_new"),
    path("merchants/aliases/try/", merchants.alias_try, name="alias_try"),
    path("merchants/aliases/<int:alias_id>/", merchants.alias, name="alias"),
    path("merchants/aliases/<int:alias_id>/try/", merchants.alias_try, name="alias_try"),
    path("merchants/aliases/<int:alias_id>/delete/", merchants.alias_delete, name="alias_delete"),
    path("merchants/suggestions/accept/", merchants.suggestion_accept, name="suggestion_accept"),
    path("merchants/suggestions/dismiss/", merchants.suggestion_dismiss, name="suggestion_dismiss"),
    path("review/", review.review, name="review"),
    path("review/<int:transaction_id>/answer/", review.answer, name="review_answer"),
    path("review/<int:transaction_id>/assign/", review.assign, name="review_assign"),
    path("review/<int:transaction_id>/accept-from-here/", review.accept_from, name="review_accept_from"),
=======
from apps.categorization.views import rule_form, rule_runs, rules

app_name = "categorization"
urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/order/", rules.order, name="rules_order"),
    path("rules/groups/up/", rules.raise_group, name="rules_raise_group"),
    path("rules/apply/", rule_runs.apply_all, name="rules_apply"),
    path("rules/new/", rule_form.new, name="rule_new"),
    path("rules/new/more/", rule_form.more, name="rule_more"),
    path("rules/new/without/<int:line>/", rule_form.without, name="rule_without"),
    path("rules/new/try/", rule_form.try_it, name="rule_try"),
    path("rules/runs/", rule_runs.runs, name="rule_runs"),
    path("rules/runs/<int:run_id>/", rule_runs.run, name="rule_run"),
    path("rules/<int:rule_id>/", rule_form.edit, name="rule_edit"),
    path("rules/<int:rule_id>/more/", rule_form.more, name="rule_more"),
    path("rules/<int:rule_id>/without/<int:line>/", rule_form.without, name="rule_without"),
    path("rules/<int:rule_id>/try/", rule_form.try_it, name="rule_try"),
    path("rules/<int:rule_id>/test/", rules.test, name="rule_test"),
    path("rules/<int:rule_id>/apply/", rule_runs.apply_one, name="rule_apply"),
    path("rules/<int:rule_id>/enable/", rules.enable, name="rule_enable"),
    path("rules/<int:rule_id>/disable/", rules.disable, name="rule_disable"),
    path("rules/<int:rule_id>/duplicate/", rules.duplicate, name="rule_duplicate"),
    path("rules/<int:rule_id>/delete/", rules.delete, name="rule_delete"),
>>>>>>> main
]
