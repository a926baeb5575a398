"""What is raised where the shared cache gives no answer: its client's own error, or that of Django's back end."""

from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

NO_CACHE = (ConnectionInterrupted, RedisError)
