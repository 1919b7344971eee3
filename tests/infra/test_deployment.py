"""The image and the Azure template, read as text: mistakes found without Docker or the Azure CLI."""

import ast
import re
from pathlib import Path

import pytest

from infra.local.people import TENANT
from tasking.settings import AppType, Mode, Settings
from tests.support.token_issuer import APP_ID

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
DOCKERFILE = (INFRA / "Dockerfile").read_text(encoding="utf-8")
TEMPLATES = sorted(INFRA.glob("*.bicep"), key=lambda path: path.name)
MODULES = [path for path in TEMPLATES if path.name != "main.bicep"]
GUIDE = (INFRA / "README.md").read_text(encoding="utf-8")

# Production needs these said; the other settings have defaults that are right in the public cloud.
NEEDED_IN_PRODUCTION = {
    "REDLINE_MODE",
    "REDLINE_APP_ID",
    "REDLINE_APP_TYPE",
    "REDLINE_TENANT_ID",
    "REDLINE_DATABASE_URL",
    "REDLINE_HOST",
    "REDLINE_PORT",
    "REDLINE_POLICY_FILE",
    "REDLINE_SITE_ID",
    "REDLINE_LIST_ID",
}
SECURE_PARAMETERS = re.compile(r"@secure\(\)\n(?:@\w+\(.*\)\n)*param (\w+) string")
STRING = re.compile(r"'(?:\\.|[^'\\\n])*'")
COMMENT = re.compile(r"(?<!:)//.*")


def template(name: str) -> str:
    return (INFRA / name).read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    return COMMENT.sub("", text)


def declared(kind: str, text: str) -> set[str]:
    return set(re.findall(rf"^\s*{kind} (\w+)\b", text, re.MULTILINE))


def interpolated(text: str) -> str:
    """Return what stands inside `${...}`, which is code although it stands in a string."""
    return " ".join(re.findall(r"\$\{([^}]*)\}", text))


def code_of(text: str) -> str:
    bare = without_comments(text)
    return STRING.sub("''", bare) + " " + interpolated(bare)


def module_calls() -> list[tuple[str, str, set[str]]]:
    """Return symbol, file and the parameter names given, of each module that main.bicep uses."""
    pattern = re.compile(r"^module (\w+) '([\w.]+)' = \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
    calls = pattern.findall(template("main.bicep"))
    return [
        (symbol, file, set(re.findall(r"^    (\w+):", body, re.MULTILINE))) for symbol, file, body in calls
    ]


def instructions(keyword: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{keyword} (.*)$", joined, re.MULTILINE)


def runtime_stage() -> str:
    return DOCKERFILE.rsplit("\nFROM ", 1)[1]


def copied_sources() -> set[str]:
    copies = re.findall(r"^COPY (?!--from)(.*)$", runtime_stage(), re.MULTILINE)
    return {source for copy in copies for source in copy.split()[:-1]}


def imported_packages(file: Path, *, whole_file: bool) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if whole_file else iter(tree.body)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


class TestImage:
    def test_the_service_does_not_run_as_root(self) -> None:
        users = instructions("USER")
        assert users == ["10001"]
        assert f"--uid {users[0]}" in DOCKERFILE

    def test_no_instruction_that_changes_files_follows_the_switch_of_user(self) -> None:
        after = runtime_stage().split("\nUSER ", 1)[1]
        assert not re.search(r"^(RUN|COPY|ADD) ", after, re.MULTILINE)

    def test_exactly_one_folder_is_writable_by_the_service(self) -> None:
        owned = re.findall(r"install -d -o redline -g redline -m 0700 (\S+)", DOCKERFILE)
        assert owned == ["/var/lib/redline"]
        assert "chown" not in DOCKERFILE
        assert "HOME=/var/lib/redline" in DOCKERFILE
        assert "TMPDIR=/var/lib/redline" in DOCKERFILE

    def test_packages_come_from_the_lock_file_without_the_development_ones(self) -> None:
        assert "uv sync --frozen --no-dev --no-build" in instructions("RUN")

    def test_both_stages_start_from_the_same_python(self) -> None:
        assert {line.split()[0] for line in instructions("FROM")} == {"python:3.11-slim"}

    def test_health_is_asked_of_the_process_endpoint(self) -> None:
        (check,) = instructions("HEALTHCHECK")
        assert "/healthz" in check
        assert "REDLINE_PORT" in check

    def test_the_health_check_is_valid_python(self) -> None:
        (program,) = re.findall(r'"-c", "([^"]*)"', DOCKERFILE)
        ast.parse(program)

    def test_serve_is_started_without_a_shell_so_that_it_hears_the_stop_signal(self) -> None:
        commands = re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)
        assert commands == ['["python", "app.py", "serve"]']

    def test_no_setting_that_identifies_or_authorises_is_baked_in(self) -> None:
        baked = set(re.findall(r"REDLINE_\w+(?==)", DOCKERFILE))
        assert baked == {"REDLINE_HOST", "REDLINE_PORT"}

    def test_the_local_teams_and_the_tests_stay_out_of_the_image(self) -> None:
        assert copied_sources().isdisjoint({".", "infra", "tests", "manifest"})

    def test_what_is_copied_is_also_let_through_by_the_ignore_file(self) -> None:
        lines = (INFRA / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        allowed = {line[1:] for line in lines if line.startswith("!")}
        assert "*" in lines
        assert allowed == copied_sources() | {"uv.lock"}

    def test_everything_that_is_copied_exists(self) -> None:
        missing = {source for source in copied_sources() if not (ROOT / source).exists()}
        assert not missing

    def test_the_code_in_the_image_imports_nothing_of_ours_that_is_left_out(self) -> None:
        ours = {path.name for path in ROOT.iterdir() if path.is_dir()} & {"infra", "tests", "manifest"}
        found = imported_packages(ROOT / "app.py", whole_file=False) & ours
        for source in copied_sources():
            for file in (ROOT / source).rglob("*.py"):
                found |= imported_packages(file, whole_file=True) & ours
        assert not found


class TestTemplate:
    def test_every_setting_that_production_needs_is_given_to_the_service(self) -> None:
        given = set(re.findall(r"name: '(REDLINE_\w+)'", template("service.bicep")))
        assert given == NEEDED_IN_PRODUCTION

    def test_the_service_runs_as_a_managed_identity_in_production_mode(self) -> None:
        text = template("service.bicep")
        assert "{ name: 'REDLINE_MODE', value: 'production' }" in text
        assert "{ name: 'REDLINE_APP_TYPE', value: 'UserAssignedMSI' }" in text
        assert "REDLINE_APP_PASSWORD" not in "".join(template(path.name) for path in TEMPLATES)

    def test_the_connection_string_is_a_reference_and_never_a_plain_value(self) -> None:
        text = template("service.bicep")
        assert "{ name: 'REDLINE_DATABASE_URL', secretRef: 'database-url' }" in text
        assert text.count("name: 'database-url'\n") == text.count("keyVaultUrl:") == 2

    def test_the_database_is_asked_for_over_tls(self) -> None:
        text = template("vault.bicep")
        assert "?ssl=require" in text
        values = re.findall(r"value: '(postgresql[^']*)'", text)
        assert len(values) == 2
        for value in values:
            url = re.sub(r"\$\{databaseAddress\}", "db.example:5432/redline?ssl=require", value)
            settings = Settings(
                mode=Mode.PRODUCTION,
                app_id=APP_ID,
                app_type=AppType.USER_ASSIGNED_MSI,
                tenant_id=TENANT,
                site_id="site",
                list_id="list",
                database_url=re.sub(r"\$\{[^}]*\}", "word", url),
                _env_file=None,
            )
            assert settings.problems() == []

    def test_the_service_and_the_migration_read_different_secrets(self) -> None:
        text = template("vault.bicep")
        scopes = re.findall(r"scope: vault::(\w+)\n.*?\n\s+principalId: (\w+)", text, re.DOTALL)
        assert set(scopes) == {
            ("serviceDatabase", "servicePrincipalId"),
            ("ownerDatabase", "migrationPrincipalId"),
        }

    def test_only_reading_secrets_and_pulling_images_are_granted_in_azure(self) -> None:
        text = "".join(without_comments(template(path.name)) for path in TEMPLATES)
        roles = set(re.findall(r"'([0-9a-f]{8}-[0-9a-f-]{27})'", text))
        assert roles == {"4633458b-17de-408a-b874-0445c86b69e6", "7f951dda-4ed3-4680-a7ca-43fe172d538d"}

    def test_what_is_secret_is_declared_secure_everywhere(self) -> None:
        for path in TEMPLATES:
            text = template(path.name)
            secret = {
                name
                for name in declared("param", text)
                if re.search("password|^policy$", name, re.IGNORECASE)
            }
            assert secret == set(SECURE_PARAMETERS.findall(text)), path.name

    def test_no_parameter_that_is_secret_has_a_default(self) -> None:
        for path in TEMPLATES:
            for name in SECURE_PARAMETERS.findall(template(path.name)):
                assert re.search(rf"^param {name} string$", template(path.name), re.MULTILINE), name

    def test_no_output_hands_out_a_secret(self) -> None:
        outputs = re.findall(
            r"^output .*$", "\n".join(template(path.name) for path in TEMPLATES), re.MULTILINE
        )
        assert outputs
        assert not [line for line in outputs if re.search("password|listKeys|policy", line, re.IGNORECASE)]

    def test_the_database_has_no_public_address(self) -> None:
        assert "publicNetworkAccess: 'Disabled'" in template("database.bicep")
        assert "delegatedSubnetResourceId: subnetId" in template("database.bicep")

    def test_commits_are_durable(self) -> None:
        assert re.search(r"name: 'synchronous_commit'.*?value: 'on'", template("database.bicep"), re.DOTALL)

    def test_there_are_never_fewer_than_two_replicas(self) -> None:
        assert re.search(r"@minValue\(2\)\n@maxValue\(\d+\)\nparam replicas int = 2", template("main.bicep"))
        assert "minReplicas: replicas" in template("service.bicep")

    def test_the_probes_ask_the_two_health_endpoints(self) -> None:
        probes = re.findall(r"type: '(\w+)'\n\s+httpGet: \{\n\s+path: '(/\w+)'", template("service.bicep"))
        assert probes == [("Liveness", "/healthz"), ("Readiness", "/readyz")]

    def test_plain_http_is_refused_from_outside(self) -> None:
        assert "allowInsecure: false" in template("service.bicep")

    def test_the_bot_speaks_to_teams_and_no_other_channel(self) -> None:
        text = template("bot.bicep")
        assert re.findall(r"channelName: '(\w+)'", text) == ["MsTeamsChannel"]
        assert "msaAppType: 'UserAssignedMSI'" in text
        assert "endpoint: 'https://${host}/api/messages'" in text

    def test_the_port_is_the_one_of_the_image(self) -> None:
        (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
        assert f"var port = {port}" in template("service.bicep")
        assert f"REDLINE_PORT={port}" in DOCKERFILE


class TestTemplateSyntax:
    """What the Bicep compiler would say first, for a machine that has none."""

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_brackets_close_in_the_order_they_open(self, path: Path) -> None:
        closing = {")": "(", "]": "[", "}": "{"}
        waiting: list[str] = []
        for character in STRING.sub("''", without_comments(path.read_text(encoding="utf-8"))):
            if character in closing.values():
                waiting.append(character)
            elif character in closing:
                assert waiting.pop() == closing[character]
        assert not waiting

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_every_parameter_and_variable_is_used(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        code = code_of(text)
        for name in declared("param", text) | declared("var", text):
            assert len(re.findall(rf"\b{name}\b", code)) >= 2, name

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_every_name_that_is_read_is_declared(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        known = set().union(*(declared(kind, text) for kind in ("param", "var", "resource", "module")))
        roots = set(re.findall(r"(?<![\w.:])([a-z]\w*)(?:\.|::)\w", code_of(text)))
        assert roots <= known

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_every_resource_type_states_its_version(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        types = re.findall(r"^resource \w+ '([^']+)'", text, re.MULTILINE)
        assert types
        assert all(re.fullmatch(r"Microsoft\.[\w./]+@\d{4}-\d\d-\d\d(-preview)?", kind) for kind in types)

    def test_each_module_is_used_once(self) -> None:
        assert sorted(file for _, file, _ in module_calls()) == [path.name for path in MODULES]

    def test_each_module_is_given_the_parameters_it_declares_and_no_others(self) -> None:
        for _, file, given in module_calls():
            assert given == declared("param", template(file)), file

    def test_every_output_that_is_read_is_declared_by_its_module(self) -> None:
        files = {symbol: file for symbol, file, _ in module_calls()}
        reads = set(re.findall(r"(\w+)\.outputs\.(\w+)", template("main.bicep")))
        assert reads
        for symbol, output in reads:
            assert output in declared("output", template(files[symbol])), (symbol, output)

    def test_no_output_of_a_module_is_left_unread(self) -> None:
        for symbol, file, _ in module_calls():
            for output in declared("output", template(file)):
                assert f"{symbol}.outputs.{output}" in template("main.bicep"), (file, output)


class TestGuide:
    def test_it_names_every_template(self) -> None:
        assert all(f"`{path.name}`" in GUIDE for path in TEMPLATES)

    def test_it_grants_three_graph_permissions_and_says_why(self) -> None:
        (loop,) = re.findall(r"for PERMISSION in (.*); do", GUIDE)
        granted = loop.split()
        assert granted == ["Sites.Selected", "GroupMember.Read.All", "User.Read.All"]
        assert re.findall(r"^\| `([\w.]+\.(?:Selected|All))` \| \w", GUIDE, re.MULTILINE) == granted

    def test_its_deployment_command_gives_every_parameter_without_a_default(self) -> None:
        needed = set(re.findall(r"^param (\w+) \w+$", template("main.bicep"), re.MULTILINE))
        (command,) = re.findall(r"az deployment group create (.*?)\naz ", GUIDE, re.DOTALL)
        assert needed == set(re.findall(r"\b(\w+)=", command))

    def test_the_role_it_creates_is_the_one_in_the_connection_string(self) -> None:
        (role,) = re.findall(r"var serviceRole = '(\w+)'", template("vault.bicep"))
        assert f"CREATE ROLE {role} LOGIN;" in GUIDE
        assert set(re.findall(r"\bTO (\w+);", GUIDE)) == {role}

    def test_the_service_role_may_change_rows_but_no_table(self) -> None:
        grants = re.findall(r"GRANT ([A-Z, ]+?) ON", GUIDE)
        rights = {right.strip() for grant in grants for right in grant.split(",")}
        assert rights == {"CONNECT", "USAGE", "SELECT", "INSERT", "UPDATE", "DELETE"}

    def test_it_promises_only_outputs_that_exist(self) -> None:
        (line,) = re.findall(r"Keep the outputs: (.*?)\. Then", GUIDE, re.DOTALL)
        assert set(re.findall(r"`(\w+)`", line)) == declared("output", template("main.bicep"))

    def test_it_asks_for_the_one_key_that_stops_doubles(self) -> None:
        assert "`RedLineKey` (text, indexed, values unique" in GUIDE
