from apps.categorization.models.aliases import MerchantAlias
from apps.categorization.models.rules import CategoryRule, RuleCondition
from apps.categorization.models.runs import RuleHit, RuleRun

__all__ = ["CategoryRule", "MerchantAlias", "RuleCondition", "RuleHit", "RuleRun"]
