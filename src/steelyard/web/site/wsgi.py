"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from steelyard.kit import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steelyard.web.site.settings")
application = get_wsgi_application()
# In each process that serves: what exports spans does not live through a fork.
tracing.start("steelyard web")
