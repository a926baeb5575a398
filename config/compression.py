"""What leaves the web process gzipped, so that a first visit is light without a proxy that knows how."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Fonts, pictures and recordings are small already.
KINDS = ("text/", "application/json", "image/svg+xml")


class Compression(GZipMiddleware):
    """Django's, for pages and static files; programs' answers are small, and not every program undoes it.

    A page that echoes what was asked and holds a secret does not tell it by its length (BREACH): Django masks the
    CSRF token anew for each page and adds up to a hundred random bytes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_file = isinstance(response, FileResponse)
        # What is written while it comes to be (events, an answer that waits) would be held back until its end.
        if response.streaming and not is_file:
            return response
        # A range is one of the file's bytes.
        if request.path.startswith("/api/v") or response.status_code == 206:
            return response
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        if is_file:
            # WhiteNoise knows no weak tag again, and so would send the file anew each time; it asks the date as well.
            del response["ETag"]
        return super().process_response(request, response)
