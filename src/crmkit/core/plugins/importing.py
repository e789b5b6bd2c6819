"""Importing one plugin: its module, its settings, and whether its hooks are what crmkit can call."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.machinery import SourceFileLoader
from inspect import isfunction, ismethod, signature
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

import pluggy
from attrs import evolve, fields, frozen, has

from crmkit.core.deprecation import warn_of_hook
from crmkit.core.errors import CrmError, PluginError
from crmkit.core.hooks import PROJECT, HookSpecs
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase
from crmkit.core.plugins.discovery import LOCAL_MODULE, Found
from crmkit.core.plugins.failure import placed
from crmkit.core.plugins.hook_names import PREFIX
from crmkit.core.plugins.settings import NoSettings

if TYPE_CHECKING:
    from crmkit.core.config.schema import Config
    from crmkit.core.plugins.manifest import Manifest


@frozen(kw_only=True)
class LoadedPlugin:
    """A plugin that is in use. `hooks` are the names of those it implements, without their prefix."""

    name: str
    version: str
    module: ModuleType
    manifest: Manifest
    settings: Any
    bundled: bool
    hooks: tuple[str, ...] = ()


def loaded(found: Found, config: Config) -> LoadedPlugin:
    """Import a plugin and read its settings. Errors: PluginError, ConfigError."""
    _require_fitting_crmkit(found)
    module = import_module(found, found.module)
    return LoadedPlugin(
        name=found.name,
        version=found.version,
        module=module,
        manifest=found.manifest,
        settings=_settings(found, config),
        bundled=found.bundled,
        hooks=tuple(name.removeprefix(PREFIX) for name in _checked_hooks(found, module)),
    )


def import_target(found: Found, target: str) -> Any:
    """What `module:attribute` names, as manifests write it. Errors: PluginError."""
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(found, module), attribute)
    except AttributeError as error:
        raise _failed(
            found, phrase("there is no {attribute} in {module}", attribute=attribute, module=module), error
        ) from error


def import_module(found: Found, module: str) -> ModuleType:
    """Import a module of a plugin. Errors: PluginError; a missing extra is named with its install line."""
    try:
        if found.file is not None and module == found.module:
            return _import_file(found)
        return importlib.import_module(module)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except CrmError as error:
        raise _failed(found, error.message, error, error.hint) from error
    except ImportError as error:
        raise _failed(
            found,
            phrase("it cannot be imported: {error}", error=placed(str(error), error)),
            error,
            _install_line(found),
        ) from error
    except SyntaxError as error:
        said = f"SyntaxError: {error.msg} ({Path(error.filename or module).name}:{error.lineno})"
        raise _failed(found, phrase("it cannot be imported: {error}", error=said), error) from error
    except BaseException as error:
        said = placed(repr(error), error)
        raise _failed(found, phrase("it cannot be imported: {error}", error=said), error) from error


class _Reading(SourceFileLoader):
    """Reads the source each time. Kept bytecode goes by second and size: an edit could be missed."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _import_file(found: Found) -> ModuleType:
    """A local plugin. Its module's name holds a digest, so that two businesses in one process do not mix."""
    assert found.file is not None
    digest = hashlib.sha256(str(found.file).encode() + found.file.read_bytes()).hexdigest()[:12]
    name = f"{LOCAL_MODULE}{found.name}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, loader=_Reading(name, str(found.file)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _install_line(found: Found) -> str:
    extra = found.manifest.extra
    if extra is None:
        return ""
    package = "crmkit" if found.bundled else found.distribution
    if package:
        return phrase("It may need its extra: pip install '{package}[{extra}]'", package=package, extra=extra)
    return phrase("It needs: {extra}", extra=extra)


def _require_fitting_crmkit(found: Found) -> None:
    """The distribution's own requirement on crmkit is the range of versions it works with."""
    if found.dist is None or found.bundled:
        return
    from packaging.requirements import InvalidRequirement, Requirement

    from crmkit.version import __version__

    for line in found.dist.requires or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        named = requirement.name.lower() == "crmkit" and (
            requirement.marker is None or requirement.marker.evaluate()
        )
        if named and not requirement.specifier.contains(__version__, prereleases=True):
            raise _failed(
                found,
                phrase(
                    "it works with crmkit{specifier}, and this is crmkit {version}",
                    specifier=requirement.specifier,
                    version=__version__,
                ),
                None,
                phrase(
                    "Install a version of {distribution} for this crmkit, or that crmkit.",
                    distribution=found.distribution,
                ),
            )


def _settings(found: Found, config: Config) -> Any:
    from crmkit.core.config.schema import PluginSection
    from crmkit.core.config.structure import structure_settings

    section = config.plugins.get(found.name, PluginSection())
    target = found.manifest.settings
    cls: type[Any] = import_target(found, target) if target else NoSettings
    if not has(cls):
        raise _failed(found, phrase("its settings {target} are not an attrs class", target=target), None)
    settings: Any = structure_settings(cls, section.settings, source=config.where("plugins", found.name))
    used = _used(found, section.use)
    return evolve(settings, use=used) if any(a.name == "use" for a in fields(cls)) else settings


def _used(found: Found, use: tuple[str, ...] | None) -> frozenset[str]:
    capabilities = found.manifest.capabilities
    for name in use or ():
        if name not in capabilities:
            known = ", ".join(capabilities) or phrase("none")
            raise _failed(
                found,
                phrase(
                    '[plugins.{name}] use names "{use}", which it cannot do; its capabilities: {known}',
                    name=found.name,
                    use=name,
                    known=known,
                ),
                None,
                did_you_mean(
                    name, capabilities, phrase("Correct [plugins.{name}] use in crm.toml.", name=found.name)
                ),
            )
    return frozenset(capabilities if use is None else use)


def _checked_hooks(found: Found, module: ModuleType) -> list[str]:
    specified = _specified()
    implemented = []
    for name, function in vars(module).items():
        options = _marked(module, name, f"{PROJECT}_impl")
        if options is not None:
            hook = options.get("specname") or name
            for reason, hint in (
                *_hook_faults(hook, options, [*specified]),
                *_lacking(function, hook, specified),
            ):
                raise _failed(found, reason, None, hint)
            warn_of_hook(found.name, found.version, hook, function)
            implemented.append(hook)
        elif name.startswith(PREFIX) and getattr(function, "__module__", "") == module.__name__:
            raise _failed(
                found,
                phrase("its function {name} is not marked", name=name),
                None,
                phrase("Put @hookimpl above it."),
            )
    return sorted(implemented)


@cache
def _specified() -> Mapping[str, tuple[str, ...]]:
    """The arguments that each hook offers, by its name."""
    return {
        name: tuple(argument for argument in signature(spec).parameters if argument != "self")
        for name, spec in vars(HookSpecs).items()
        if name.startswith(PREFIX)
    }


def _lacking(function: Any, hook: str, specified: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The arguments that a function wants and its hook does not offer."""
    if hook not in specified:
        return
    offered = specified[hook]
    for name, parameter in signature(function).parameters.items():
        if name not in offered and parameter.default is parameter.empty:
            yield (
                phrase("{hook} takes '{name}', which there is not", hook=hook, name=name),
                phrase(
                    "A hook takes the arguments of its specification: {offered}.", offered=", ".join(offered)
                ),
            )


def _hook_faults(hook: str, options: Any, specified: list[str]) -> Iterator[tuple[str, str]]:
    if options.get("wrapper") or options.get("hookwrapper"):
        yield (
            phrase("{hook} is a wrapper, which cannot be isolated from other plugins", hook=hook),
            phrase("Write it as a plain hook."),
        )
    if hook not in specified and not options.get("optionalhook"):
        yield (
            phrase("there is no hook {hook}", hook=hook),
            did_you_mean(hook, specified, phrase("Hooks: crmkit.core.hooks")),
        )


class _Modules(pluggy.PluginManager):
    """pluggy's registry of modules: what one holds is in its dict, and nothing else has to be searched."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        return _marked(plugin, name, f"{PROJECT}_impl")

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> Any:
        return _marked(module_or_class, name, f"{PROJECT}_spec")


def _marked(holder: object, name: str, mark: str) -> Any:
    function = vars(holder).get(name)
    return getattr(function, mark, None) if isfunction(function) or ismethod(function) else None


def new_manager() -> pluggy.PluginManager:
    """pluggy's registry, knowing the specifications."""
    manager = _Modules(PROJECT)
    manager.add_hookspecs(HookSpecs)
    return manager


def _failed(found: Found, reason: str, cause: BaseException | None, hint: str = "") -> PluginError:
    return PluginError(
        phrase(
            'Plugin "{name}" {version} cannot be loaded: {reason}',
            name=found.name,
            version=found.version,
            reason=reason,
        ),
        hint=hint or phrase("Correct it, or go on without it: crm plugins disable {name}", name=found.name),
        plugin=found.name,
        version=found.version,
        cause=repr(cause) if cause else None,
    )
