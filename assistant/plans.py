"""What each plan may use. Plans are set in the admin."""

from datetime import datetime

from scheduling.models import Professional

_FEATURES = {
    Professional.Plan.FREE: frozenset[str](),
    Professional.Plan.PRO: frozenset({"assistant"}),
    Professional.Plan.PREMIUM: frozenset({"assistant"}),
}


def can_use(professional: Professional, feature: str, *, now: datetime) -> bool:
    """Return whether the plan has the feature; a running trial has all of them."""
    is_trying = professional.trial_ends_at is not None and now < professional.trial_ends_at
    return is_trying or feature in _FEATURES[Professional.Plan(professional.plan)]
