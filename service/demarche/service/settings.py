"""What may be set from outside: the only reader of the environment, and no decision is taken here."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each field is the variable ``DEMARCHE_`` + its name in capitals; docs/settings.md is the table of them."""

    model_config = SettingsConfigDict(env_prefix="DEMARCHE_", frozen=True, env_ignore_empty=True)

    seed_data: Path | None = Field(
        None, description="The folder of seed data; by default the one that came with the package."
    )
    cache: Path | None = Field(
        None, description="The folder that keeps validated snapshots; by default the user's cache folder."
    )
    store: str | None = Field(
        None,
        description="Where the triples are kept: a folder, or the URL of a SPARQL server; by default memory.",
    )
    texts: Path | None = Field(
        None,
        description="The folder that keeps attached texts of documents; by default in the user's data folder.",
    )
    ledger: Path | None = Field(
        None, description="The ledger of what curators do; without one the service takes no writing."
    )
    host: str = Field("127.0.0.1", description="The address that the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that it listens on; 0 takes any free one.")
    root_path: str = Field(
        "",
        pattern=r"^(/[\w.~-]+)*$",
        description="The path under which a proxy shows the service, such as /demarche.",
    )
    cache_bytes: int = Field(
        128 * 1024 * 1024,
        ge=0,
        description="How many bytes of finished answers are kept in memory until the store changes; 0 keeps none.",
    )
    store_update: str | None = Field(
        None,
        description="Where a store elsewhere takes updates; by default its URL with update as the last part.",
    )
    store_timeout: float = Field(
        30.0, gt=0, le=3600, description="How many seconds a store elsewhere may take for one answer."
    )
    stop_seconds: int = Field(
        30,
        ge=0,
        description="How many seconds a stop waits for answers that are being made, before it gives them up.",
    )
    log: Literal["text", "json"] = Field(
        "text", description="How the log on stderr is written, a line each: text (key=value) or json."
    )
    log_requests: bool = Field(
        False,
        description="Whether each request is logged, with its id, route, status and time; never its query.",
    )
    scratch: bool = Field(
        False,
        description="Whether to serve an empty store in memory that everybody on this machine may change.",
    )
    query_seconds: float = Field(10.0, gt=0, description="How long a SPARQL query may take.")
    query_cpu_seconds: int = Field(
        10, gt=0, description="How many seconds of processor time a SPARQL query may use."
    )
    query_memory_bytes: int = Field(
        1_000_000_000,
        ge=100_000_000,
        description="How much memory a SPARQL query may use beyond the store itself.",
    )
    query_result_bytes: int = Field(
        100_000_000, gt=0, description="How many bytes the answer to a SPARQL query may have."
    )
    query_workers: int = Field(
        4, gt=0, description="How many SPARQL queries run at once; of one client, one less."
    )
    query_queue: int = Field(
        64, ge=0, description="How many more SPARQL queries may wait; the next one is sent away with 503."
    )
    query_patience_seconds: float = Field(
        15.0,
        gt=0,
        description="How long a SPARQL query may wait for its turn; then it is sent away with 503.",
    )
    allowed_hosts: str = Field(
        "",
        description="The names by which the service is reached, with commas between them; * for any. By default "
        "those of this machine where it listens on this machine only, else any.",
    )
    trusted_proxies: str = Field(
        "",
        description="The addresses of proxies, with commas between them, whose X-Forwarded-For and X-Forwarded-Proto "
        "are believed; by default none.",
    )
    client_seconds: float | None = Field(
        None,
        ge=0,
        description="How many seconds of computing one client may save up and use at once, then 429; by default 3600 "
        "for clients on this machine and 120 for others; 0 sets no limit.",
    )
    client_refill: float = Field(
        0.5, gt=0, description="How many of these seconds a client gets back each second."
    )
    connections: int = Field(
        512,
        gt=0,
        description="How many connections are open at once; one more closes the one that has waited longest without a "
        "whole request, or else the one whose answer is left unread longest.",
    )
    request_head_seconds: float = Field(
        10.0, gt=0, description="How long the head of a request may take to come; then 408."
    )
    request_body_seconds: float = Field(
        60.0, gt=0, description="How long the body of a request may take to come; then 408."
    )
    reader_seconds: float = Field(
        30.0,
        gt=0,
        description="How long a client may leave an answer unread: in each such stretch it takes at least 16 KB. When "
        "all clients together leave more than 256 MB unread, the largest of these answers is given up.",
    )
