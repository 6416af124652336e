"""The headers every page is sent with: nothing foreign runs in it, frames it or learns of it."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def page_headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        # Not no-referrer: under that a form's Origin is null, and the door could not tell whose
        # page sent it.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
