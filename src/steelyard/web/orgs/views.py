from collections.abc import Callable, Iterable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import actions
from steelyard.web.orgs.forms import AccountForm, PostsForm, RevealForm
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import NEED_IDENTITY, Identity

View = Callable[..., HttpResponse]


def needs_role(*roles: str) -> Callable[[View], View]:
    """Only people with one of these roles; others are refused, strangers asked to sign in."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not isinstance(request.user, User) or not request.user.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return wrap


def signed_in(request: HttpRequest) -> User:
    """The user of a request that a guard let through."""
    assert isinstance(request.user, User)
    return request.user


@needs_role("user_admin")
def user_list(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    users = User.objects.select_related("body__area").prefetch_related("posts").order_by("username")
    if words:
        users = users.filter(Q(username__icontains=words) | Q(name__icontains=words) | Q(body__name__icontains=words))
    page = Paginator(users, 50).get_page(request.GET.get("page"))
    return render(request, "orgs/user_list.html", {"page": page, "q": words})


@needs_role("user_admin")
def user_new(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.create_account(
                by=signed_in(request), username=data["username"], name=data["name"], name_en=data["name_en"],
                body=data["body_code"], roles=data["roles"], number=data["number"],
            )  # fmt: skip
        except WebError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "orgs/user_made.html", {"made": made})
    return render(request, "orgs/user_new.html", {"form": form}, status=422 if form.errors else 200)


@needs_role("user_admin")
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("body__area"), pk=pk)
    held = user.posts.in_force().values_list("role", flat=True)
    form = PostsForm(request.POST or None, initial={"roles": sorted(held)})
    form.known = user.is_identified or user.identity == Identity.ASKED
    if request.method == "POST" and form.is_valid():
        return _act(request, user, lambda by: _change(user, form, by))
    return render(
        request,
        "orgs/user_detail.html",
        {"account": user, "form": form, "posts": user.posts.order_by("since"), "rests": _rests(user, held)},
        status=422 if form.errors else 200,
    )


def _change(user: User, form: PostsForm, by: User) -> None:
    data = form.cleaned_data
    actions.change_posts(user, data["roles"], by=by, number=data["number"])


def _rests(user: User, held: Iterable[str]) -> bool:
    """Whether roles of the account wait until it is known who the person is."""
    return not user.is_identified and any(role in NEED_IDENTITY for role in held)


@require_POST
@needs_role("user_admin")
def user_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Close, open, or take the second factor away."""
    user = get_object_or_404(User, pk=pk)
    verbs = {
        "disable": lambda by: actions.disable(user, by=by),
        "enable": lambda by: actions.enable(user, by=by),
        "reset-second-factor": lambda by: actions.reset_second_factor(user, by=by),
    }
    return _act(request, user, verbs[verb])


def _act(request: HttpRequest, user: User, verb: Callable[[User], None]) -> HttpResponse:
    try:
        verb(signed_in(request))
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done, and on the record."))
    return redirect("user_detail", pk=user.pk)


@require_POST
@login_required
def reveal_name(request: HttpRequest) -> HttpResponse:
    """Open a masked name and go back to where it stands."""
    form = RevealForm(request.POST)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    if not form.is_valid():
        messages.error(request, _("Say why you need the name, and for which case."))
        return redirect(target)
    data = form.cleaned_data
    try:
        actions.reveal(
            signed_in(request),
            data["subject"],
            purpose=data["purpose"],
            reason=data["reason"],
            case_no=data["case_no"],
        )
    except WebError as error:
        messages.error(request, str(error))
    return redirect(target)
