"""What of the professional's side has been kept long enough, for the nightly sweep of `intake/retention.py`.

Workers load this as well, so it needs no REST framework.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from assistant.models import KeptAnswer, Question, Thread
from intake.retention import Rule, bounds

# At least; the sweep comes once a day.
ANSWERS = timedelta(hours=24)


def rules(now: datetime) -> list[Rule]:
    """Return what goes of questions, by the two times of conversations, and of answers to programs.

    The latter are those whose Idempotency-Key nobody will send again. Threads come behind their questions.
    """
    words, traces = bounds(now)
    lately = Question.objects.filter(created_at__lt=traces, created_at__gte=words)
    since = Question.objects.filter(thread=OuterRef("pk"), created_at__gte=words)
    steps: dict[str, list[object]] = {"trace": [], "results": []}
    return [
        Rule("answers to programs", KeptAnswer.objects.filter(created_at__lt=now - ANSWERS)),
        Rule("steps of questions", lately.exclude(**steps), steps),
        Rule("questions", Question.objects.filter(created_at__lt=words)),
        Rule("threads", Thread.objects.filter(~Exists(since), created_at__lt=words)),
    ]
