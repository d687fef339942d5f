"""With what the workflows sign in: to clouds, to the registry of the image, to Git, to clusters. No value of a secret
stands anywhere, only names.
"""

from __future__ import annotations

from mlopsc import naming
from mlopsc.lifecycle import CloudLogin, Either, Fact, Output, Permission, RegistryLogin, Secret
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlopsc.build.lifecycle.scene import Aim, Scene
    from mlopsc.lifecycle import Condition, Step, Value
    from mlopsc.project import Environment, Project
    from mlopsc.project.base import SecretRef
    from mlopsc.project.execution import Cloud

_CLOUD = "cloud"
"""Id of the step that signs in to a cloud."""

_PROVIDERS = (("aws", ".amazonaws.com"), ("gcp", ".pkg.dev"), ("azure", ".azurecr.io"))
"""Clouds, and how the hosts of their registries end."""


def delivery_environment(project: Project) -> At | None:
    """Return the environment of the jobs of a delivery that release nothing; None where none is needed.

    Jobs that sign in to a cloud, or use a secret, are in an environment, which is where GitHub guards both.
    """
    image, cloud = project.deployment.image, project.execution.cloud
    if cloud is not None:
        return At(naming.DELIVERY_ENVIRONMENT, cloud.path)
    if image is not None and image.login is not None:
        return At(naming.DELIVERY_ENVIRONMENT, image.login.path)
    for environment in project.environments:
        secret = repository(environment)
        if secret is not None and environment.deployment.mode != "none":
            return At(naming.DELIVERY_ENVIRONMENT, secret.path)
    return None


def registry_host(image: str) -> str:
    """Return the host of an image's registry; Docker Hub's where the name has none."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first) else "docker.io"


def registry_kind(project: Project, image: str) -> str:
    """Return how a workflow signs in to the registry of an image.

    Returns:
        ``login`` with a name and a secret, ``token`` of the workflow, ``aws``, ``gcp`` or ``azure`` with the account
        of the cloud; empty where there is no way.
    """
    given, cloud = project.deployment.image, project.execution.cloud
    if given is not None and given.login is not None:
        return "login"
    host = registry_host(image)
    if host == "ghcr.io":
        return "token"
    for provider, ending in _PROVIDERS:
        if host.endswith(ending) and cloud is not None and getattr(cloud, provider) is not None:
            return provider
    return ""


def registry(scene: Scene, aim: Aim | None = None, when: Condition | None = None) -> Iterator[Step]:
    """Yield the step that signs in to the registry of the image.

    Args:
        scene: the project.
        aim: what the job is about, where the cloud that was signed in to depends on it.
        when: condition.
    """
    image, kind = scene.image, _kind(scene)
    if not kind:
        return
    host = At(registry_host(image.name), (*image.path, "name"))
    username: Value = ""
    password: Value = ""
    if kind == "token":
        username, password = Fact(name="actor"), Fact(name="token")
    elif kind == "gcp":
        username, password = "oauth2accesstoken", _access_token(aim)
    elif image.login is not None:
        username = At(image.login.username, (*image.login.path, "username"))
        password = github_secret(scene.project, image.login.password)
    yield RegistryLogin(
        name="Sign in to the registry",
        kind=kind if kind in ("aws", "azure") else "password",
        host=host,
        username=username,
        password=password,
        when=when,
    )


def _access_token(aim: Aim | None) -> Value:
    """Return the token that the one step which signed in to the cloud got."""
    tokens: list[Value] = [Output(step=step, name="access_token") for step in _login_ids(aim)]
    *others, token = tokens
    for other in reversed(others):
        token = Either(first=other, second=token)
    return token


def _login_ids(aim: Aim | None) -> list[str]:
    """Return the ids of the steps that sign in to a cloud."""
    if aim is None or len({repr(environment.execution.cloud) for environment in aim.environments}) == 1:
        return [_CLOUD]
    return [f"{_CLOUD}-{environment.name}" for environment in aim.environments if environment.execution.cloud]


def registry_permission(scene: Scene, *, write: bool, why: str) -> tuple[Permission, ...]:
    """Return the permission for the registry, where the token of the workflow opens it."""
    if _kind(scene) != "token":
        return ()
    return (Permission(scope="packages", access="write" if write else "read", why=why),)


def cloud(scene: Scene, given: Cloud | None, env: str | None = None, when: Condition | None = None) -> Iterator[Step]:
    """Yield the step that signs in to the cloud, if there is one.

    Args:
        scene: the project.
        given: the account.
        env: environment that it is for; None for all.
        when: condition.
    """
    for provider, _ in _PROVIDERS:
        settings = getattr(given, provider) if given is not None else None
        if settings is None:
            continue
        values: dict[str, Value] = {
            field: At(getattr(settings, field), (*settings.path, field), env)
            for field in type(settings).__match_args__
            if field != "path" and getattr(settings, field) is not None
        }
        if provider == "gcp" and _kind(scene) == "gcp":
            values["token_format"] = "access_token"  # noqa: S105 - a word, no password
        yield CloudLogin(name="Sign in to the cloud", id=_CLOUD, provider=provider, settings=values, when=when)


def deploy_cloud(scene: Scene, aim: Aim) -> Iterator[Step]:
    """Yield the steps that sign in to the cloud of an environment, of which one runs at most."""
    if _login_ids(aim) == [_CLOUD]:
        yield from cloud(scene, aim.environments[0].execution.cloud)
        return
    for environment in aim.environments:
        item = environment.execution.cloud
        when = aim.where(lambda one, this=environment: one is this)  # type: ignore[misc]
        for step in cloud(scene, item, environment.name, when):
            yield step.replace(id=f"{_CLOUD}-{environment.name}", name=f"Sign in to the cloud of {environment.name}")


def cloud_permission(*clouds: Cloud | None) -> tuple[Permission, ...]:
    """Return the permission to sign in to a cloud, where there is one."""
    if not any(item is not None for item in clouds):
        return ()
    return (Permission(scope="identity", access="write", why="sign in to the cloud"),)


def git_token(scene: Scene, aim: Aim) -> dict[str, Value]:
    """Return the variable with the token that reads and writes the deploy branch of an environment."""
    own = Fact(name="token")
    if not aim.any(separate):
        return {"MLOPS_GIT_TOKEN": own}
    given = _chosen(scene, aim, repository)
    if all(separate(environment) for environment in aim.environments):
        return {"MLOPS_GIT_TOKEN": given}
    return {"MLOPS_GIT_TOKEN": Either(first=given, second=own)}


def deploy_permission(aim: Aim) -> Permission:
    """Return the permission for the repository: to commit to deploy branches, where any of them is in it."""
    if all(separate(environment) for environment in aim.environments):
        return Permission(scope="code", access="read", why="check out the repository")
    return Permission(scope="code", access="write", why="commit to the deploy branch")


def separate(environment: Environment) -> bool:
    """Say whether the deploy branch of an environment is in another repository."""
    return repository(environment) is not None


def cluster(scene: Scene, aim: Aim) -> dict[str, Value]:
    """Return the variable with the access to the cluster, where the workflow itself applies the manifests."""
    if not aim.any(lambda environment: kubeconfig(environment) is not None):
        return {}
    return {"MLOPS_KUBECONFIG": _chosen(scene, aim, kubeconfig)}


def kubeconfig(environment: Environment) -> SecretRef | None:
    """Return the secret with the access to the cluster of an environment."""
    gitops = environment.deployment.gitops
    return gitops.push.kubeconfig if gitops is not None and gitops.push is not None else None


def repository(environment: Environment) -> SecretRef | None:
    """Return the secret that pushes to the deploy branch of an environment, where it is in another repository."""
    gitops = environment.deployment.gitops
    return gitops.repository.credentials if gitops is not None and gitops.repository is not None else None


def _chosen(scene: Scene, aim: Aim, of: Callable[[Environment], SecretRef | None]) -> Value:
    def secret(environment: Environment) -> Value:
        reference = of(environment)
        return "" if reference is None else github_secret(scene.project, reference)

    return aim.value(secret)


def github_secret(project: Project, reference: SecretRef) -> At:
    """Return a secret of the spec under the name that GitHub keeps it by."""
    kept = project.secrets[reference.secret]
    secret = Secret(name=kept.github or reference.secret)
    return At(secret, (*reference.path, "secret"), also=((None, (*kept.path, "github")),))


def _kind(scene: Scene) -> str:
    return registry_kind(scene.project, scene.image.name)
