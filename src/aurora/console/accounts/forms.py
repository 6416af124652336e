"""What the forms of accounts send; a missing field is empty, and the act says what it needs."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aurora.accounts.api_token import Scope
from aurora.accounts.person import Role, Theme
from aurora.site.model import Language

Name = Annotated[str, Field(max_length=1_000)]
Password = Annotated[str, Field(max_length=10_000)]
Address = Annotated[str, Field(max_length=2_000)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SignInForm(_Form):
    name: Name = ""
    password: Password = ""
    next: Address = ""


class CodeForm(_Form):
    code: Name = ""
    next: Address = ""


class SetUpForm(_Form):
    name: Name = ""
    password: Password = ""
    language: Language = "en"


class PasswordForm(_Form):
    password: Password = ""


class NewPasswordForm(_Form):
    current: Password = ""
    password: Password = ""


class LookForm(_Form):
    language: Language
    theme: Theme


class TokenForm(_Form):
    name: Name = ""
    scope: Scope = Scope.READ
    days: Annotated[int, Field(ge=1, le=365)] = 90


class SecondStepForm(_Form):
    key: Annotated[str, Field(pattern=r"^[A-Z2-7]{32}$")]
    code: Name = ""
    current: Password = ""


class RoleForm(_Form):
    role: Role


class AddForm(_Form):
    name: Name = ""
    role: Role = Role.OPERATOR
