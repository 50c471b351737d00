"""The cache on Redis, which may be away without anybody being sent away."""

from typing import Any

from django_redis.cache import RedisCache


class ForgivingRedisCache(RedisCache[Any]):
    """django-redis answers None to everything while its server is away. To `add` that would mean "somebody else holds
    it", and limits that lock by `add` would close every door; a cache that is away holds nothing, so adding succeeds.
    """

    def add(self, *args: Any, **kwargs: Any) -> Any:
        added = super().add(*args, **kwargs)
        return True if added is None else added
