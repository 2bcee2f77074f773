"""A site of one page by whatever name, and the receiver of its webmentions."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("webmention/", include("webmention.urls", namespace="webmention")),
    path("<path:page>", lambda request, page: HttpResponse(f"<p>{page}</p>")),
]
