from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def healthz(request):
    return PlainTextResponse("ok\n")


ROUTES = [Route("/healthz", healthz)]
