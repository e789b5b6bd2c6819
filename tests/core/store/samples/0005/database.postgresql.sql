-- A small business as the schema 0005 kept it, with all bundled plugins: what pg_dump wrote.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.access (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    what text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint,
    customers bigint NOT NULL,
    detail text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.access_id_seq OWNED BY public.access.id;
CREATE TABLE public.address_strike (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    score bigint NOT NULL,
    at bigint NOT NULL
);
CREATE SEQUENCE public.address_strike_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.address_strike_id_seq OWNED BY public.address_strike.id;
CREATE TABLE public.analytical_fit (
    id bigint NOT NULL,
    at bigint NOT NULL,
    as_of bigint NOT NULL,
    model text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    customers bigint NOT NULL,
    params text NOT NULL COLLATE pg_catalog."C",
    standard_errors text NOT NULL COLLATE pg_catalog."C",
    log_likelihood double precision
);
CREATE SEQUENCE public.analytical_fit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.analytical_fit_id_seq OWNED BY public.analytical_fit.id;
CREATE TABLE public.analytical_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.campaign_journey (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    started_at bigint NOT NULL,
    started_by text NOT NULL COLLATE pg_catalog."C",
    seen_seq bigint NOT NULL,
    seen_change bigint NOT NULL,
    taken_in_for bigint
);
CREATE SEQUENCE public.campaign_journey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_journey_id_seq OWNED BY public.campaign_journey.id;
CREATE TABLE public.campaign_journey_person (
    id bigint NOT NULL,
    journey text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    customer_id bigint NOT NULL,
    occasion text NOT NULL COLLATE pg_catalog."C",
    step text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    arrived_at bigint NOT NULL,
    due_at bigint,
    state text NOT NULL COLLATE pg_catalog."C",
    why text COLLATE pg_catalog."C",
    left_out text COLLATE pg_catalog."C",
    entered_at bigint NOT NULL,
    ended_at bigint,
    entries integer NOT NULL
);
CREATE SEQUENCE public.campaign_journey_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_journey_person_id_seq OWNED BY public.campaign_journey_person.id;
CREATE TABLE public.campaign_journey_version (
    id bigint NOT NULL,
    journey text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    digest text NOT NULL COLLATE pg_catalog."C",
    content text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
CREATE SEQUENCE public.campaign_journey_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_journey_version_id_seq OWNED BY public.campaign_journey_version.id;
CREATE TABLE public.campaign_recipient (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    occasion text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint,
    due_at bigint NOT NULL,
    gate text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.campaign_recipient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_recipient_id_seq OWNED BY public.campaign_recipient.id;
CREATE TABLE public.campaign_run (
    id bigint NOT NULL,
    campaign text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    rehearsed integer NOT NULL,
    said text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    max_audience bigint,
    confirmed_at bigint NOT NULL,
    confirmed_by text NOT NULL COLLATE pg_catalog."C",
    looked_at bigint NOT NULL,
    looked_seq bigint NOT NULL,
    held text COLLATE pg_catalog."C",
    allowed bigint,
    finished_at bigint
);
CREATE SEQUENCE public.campaign_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_run_id_seq OWNED BY public.campaign_run.id;
CREATE TABLE public.campaign_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.change (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    entity text NOT NULL COLLATE pg_catalog."C",
    entity_id bigint NOT NULL,
    customer_id bigint,
    field text NOT NULL COLLATE pg_catalog."C",
    old text COLLATE pg_catalog."C",
    new text COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    salt text COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.change_seq_seq OWNED BY public.change.seq;
CREATE TABLE public.consent (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    purpose text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    wording_version bigint,
    evidence text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.consent_id_seq OWNED BY public.consent.id;
CREATE TABLE public.contact_point (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    label text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    normalised text NOT NULL COLLATE pg_catalog."C",
    is_primary bigint NOT NULL,
    verified_at bigint,
    street text COLLATE pg_catalog."C",
    city text COLLATE pg_catalog."C",
    postcode text COLLATE pg_catalog."C",
    region text COLLATE pg_catalog."C",
    country text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.contact_point_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contact_point_id_seq OWNED BY public.contact_point.id;
CREATE TABLE public.crmkit_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.customer (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    is_organization bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    given_name text NOT NULL COLLATE pg_catalog."C",
    family_name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    lifecycle text NOT NULL COLLATE pg_catalog."C",
    customer_type text COLLATE pg_catalog."C",
    owner_id bigint,
    locale text COLLATE pg_catalog."C",
    timezone text COLLATE pg_catalog."C",
    preferred_channel text COLLATE pg_catalog."C",
    preferred_time text COLLATE pg_catalog."C",
    archived_at bigint,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    restricted_at bigint
);
CREATE TABLE public.customer_alias (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint NOT NULL
);
CREATE SEQUENCE public.customer_alias_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_alias_id_seq OWNED BY public.customer_alias.id;
CREATE TABLE public.customer_choice (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_choice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_choice_id_seq OWNED BY public.customer_choice.id;
CREATE TABLE public.customer_field (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    birthday text COLLATE pg_catalog."C",
    bread text COLLATE pg_catalog."C",
    lead_source text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_field_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_field_id_seq OWNED BY public.customer_field.id;
CREATE SEQUENCE public.customer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_id_seq OWNED BY public.customer.id;
CREATE TABLE public.customer_tag (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    tag text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_tag_id_seq OWNED BY public.customer_tag.id;
CREATE TABLE public.decision (
    id bigint NOT NULL,
    origin text NOT NULL COLLATE pg_catalog."C",
    step text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint NOT NULL,
    gate text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    plan_id bigint NOT NULL,
    at bigint NOT NULL
);
CREATE SEQUENCE public.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.decision_id_seq OWNED BY public.decision.id;
CREATE TABLE public.duplicate (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    other_id bigint NOT NULL,
    score bigint NOT NULL,
    reasons text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    found_at bigint NOT NULL,
    settled_at bigint,
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.duplicate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.duplicate_id_seq OWNED BY public.duplicate.id;
CREATE TABLE public.edit_run (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    what text NOT NULL COLLATE pg_catalog."C",
    customers bigint NOT NULL,
    log_position bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    undone_at bigint
);
CREATE SEQUENCE public.edit_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.edit_run_id_seq OWNED BY public.edit_run.id;
CREATE TABLE public.effect (
    id bigint NOT NULL,
    origin text NOT NULL COLLATE pg_catalog."C",
    step text NOT NULL COLLATE pg_catalog."C",
    occasion text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint,
    plan_id bigint,
    action text NOT NULL COLLATE pg_catalog."C",
    params text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    result text COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    settled_at bigint,
    undone_at bigint,
    channel text COLLATE pg_catalog."C",
    purpose text COLLATE pg_catalog."C",
    contact_at bigint,
    recipient text COLLATE pg_catalog."C",
    due_at bigint,
    attempts integer DEFAULT 0 NOT NULL,
    give_up_at bigint,
    lease_until bigint,
    token bigint DEFAULT '0'::bigint NOT NULL,
    rehearsed integer DEFAULT 0 NOT NULL,
    arm text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.effect_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.effect_id_seq OWNED BY public.effect.id;
CREATE TABLE public.email_folder (
    id bigint NOT NULL,
    account text NOT NULL COLLATE pg_catalog."C",
    folder text NOT NULL COLLATE pg_catalog."C",
    uid_validity bigint DEFAULT '0'::bigint NOT NULL,
    last_uid bigint DEFAULT '0'::bigint NOT NULL,
    read_at bigint,
    failed_at bigint,
    error text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.email_folder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.email_folder_id_seq OWNED BY public.email_folder.id;
CREATE TABLE public.email_hit (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    effect bigint NOT NULL,
    link_id bigint,
    at bigint NOT NULL,
    machine text NOT NULL COLLATE pg_catalog."C",
    noted_at bigint
);
CREATE SEQUENCE public.email_hit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.email_hit_id_seq OWNED BY public.email_hit.id;
CREATE TABLE public.email_link (
    id bigint NOT NULL,
    url text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.email_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.email_link_id_seq OWNED BY public.email_link.id;
CREATE TABLE public.email_parked (
    id bigint NOT NULL,
    place text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    tries integer DEFAULT 1 NOT NULL
);
CREATE SEQUENCE public.email_parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.email_parked_id_seq OWNED BY public.email_parked.id;
CREATE TABLE public.email_preflight (
    id bigint NOT NULL,
    at bigint NOT NULL,
    domain text NOT NULL COLLATE pg_catalog."C",
    errors integer NOT NULL,
    warnings integer NOT NULL,
    unknown integer NOT NULL,
    names text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.email_preflight_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.email_preflight_id_seq OWNED BY public.email_preflight.id;
CREATE TABLE public.email_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.employee (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    email text COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    active bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.employee_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.employee_id_seq OWNED BY public.employee.id;
CREATE TABLE public.erasure (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    request_id bigint,
    counts text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    scrubbed_at bigint
);
CREATE SEQUENCE public.erasure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.erasure_id_seq OWNED BY public.erasure.id;
CREATE TABLE public.exchange_rate (
    id bigint NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    base text NOT NULL COLLATE pg_catalog."C",
    valid_from text NOT NULL COLLATE pg_catalog."C",
    mantissa bigint NOT NULL,
    exponent bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.exchange_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.exchange_rate_id_seq OWNED BY public.exchange_rate.id;
CREATE TABLE public.goal_course (
    id bigint NOT NULL,
    goal text NOT NULL COLLATE pg_catalog."C",
    asked text NOT NULL COLLATE pg_catalog."C",
    starts_on text NOT NULL COLLATE pg_catalog."C",
    ends_on text NOT NULL COLLATE pg_catalog."C",
    numerator bigint NOT NULL,
    denominator bigint,
    at bigint NOT NULL
);
CREATE SEQUENCE public.goal_course_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.goal_course_id_seq OWNED BY public.goal_course.id;
CREATE TABLE public.hold_on (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    until bigint,
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.hold_on_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.hold_on_id_seq OWNED BY public.hold_on.id;
CREATE TABLE public.identity (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    scheme text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.identity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.identity_id_seq OWNED BY public.identity.id;
CREATE TABLE public.import_batch (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    "position" bigint NOT NULL,
    first_seq bigint,
    last_seq bigint,
    first_change bigint,
    last_change bigint
);
CREATE SEQUENCE public.import_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.import_batch_id_seq OWNED BY public.import_batch.id;
CREATE TABLE public.import_run (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    file text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    mapping text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    counts text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    started_at bigint NOT NULL,
    finished_at bigint,
    actor text NOT NULL COLLATE pg_catalog."C",
    rejects_file text COLLATE pg_catalog."C",
    undone_at bigint
);
CREATE SEQUENCE public.import_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.import_run_id_seq OWNED BY public.import_run.id;
CREATE TABLE public.incoming (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    message_id text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    run_id bigint,
    error text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.incoming_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.incoming_id_seq OWNED BY public.incoming.id;
CREATE TABLE public.interaction (
    seq bigint NOT NULL,
    customer_id bigint,
    type text NOT NULL COLLATE pg_catalog."C",
    channel text COLLATE pg_catalog."C",
    direction text COLLATE pg_catalog."C",
    employee_id bigint,
    outlet text COLLATE pg_catalog."C",
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    known_at bigint NOT NULL,
    amount bigint,
    currency text COLLATE pg_catalog."C",
    payload text NOT NULL COLLATE pg_catalog."C",
    payload_version bigint NOT NULL,
    source text COLLATE pg_catalog."C",
    source_ref text COLLATE pg_catalog."C",
    corrects bigint,
    superseded_by bigint,
    identity_id bigint,
    contact_point_id bigint,
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.interaction_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.interaction_seq_seq OWNED BY public.interaction.seq;
CREATE TABLE public.job (
    name text NOT NULL COLLATE pg_catalog."C",
    due_at bigint NOT NULL,
    lease_until bigint,
    lease_token text COLLATE pg_catalog."C",
    failures bigint NOT NULL,
    error text COLLATE pg_catalog."C",
    finished_at bigint
);
CREATE TABLE public.legal_hold (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    until text COLLATE pg_catalog."C",
    lifted_at bigint,
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.legal_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.legal_hold_id_seq OWNED BY public.legal_hold.id;
CREATE TABLE public.merge (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    loser_id bigint NOT NULL,
    loser_uid text NOT NULL COLLATE pg_catalog."C",
    survivor_id bigint NOT NULL,
    survivor_uid text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.merge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.merge_id_seq OWNED BY public.merge.id;
CREATE TABLE public.merge_moved (
    id bigint NOT NULL,
    merge_id bigint NOT NULL,
    table_name text NOT NULL COLLATE pg_catalog."C",
    column_name text NOT NULL COLLATE pg_catalog."C",
    row_id bigint NOT NULL,
    old_id bigint NOT NULL,
    new_id bigint NOT NULL
);
CREATE SEQUENCE public.merge_moved_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.merge_moved_id_seq OWNED BY public.merge_moved.id;
CREATE TABLE public.merge_removed (
    id bigint NOT NULL,
    merge_id bigint NOT NULL,
    table_name text NOT NULL COLLATE pg_catalog."C",
    row_id bigint NOT NULL,
    winner_id bigint,
    image text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.merge_removed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.merge_removed_id_seq OWNED BY public.merge_removed.id;
CREATE TABLE public.merge_run (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    pairs bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    undone_at bigint
);
CREATE SEQUENCE public.merge_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.merge_run_id_seq OWNED BY public.merge_run.id;
CREATE TABLE public.merge_value (
    id bigint NOT NULL,
    merge_id bigint NOT NULL,
    table_name text NOT NULL COLLATE pg_catalog."C",
    column_name text NOT NULL COLLATE pg_catalog."C",
    row_id bigint NOT NULL,
    how text NOT NULL COLLATE pg_catalog."C",
    old text COLLATE pg_catalog."C",
    new text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.merge_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.merge_value_id_seq OWNED BY public.merge_value.id;
CREATE TABLE public.message_template (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    digest text NOT NULL COLLATE pg_catalog."C",
    content text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
CREATE SEQUENCE public.message_template_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_template_id_seq OWNED BY public.message_template.id;
CREATE TABLE public.numbering (
    series text NOT NULL COLLATE pg_catalog."C",
    last bigint NOT NULL
);
CREATE TABLE public.observer (
    id bigint NOT NULL,
    plugin text NOT NULL COLLATE pg_catalog."C",
    hook text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    failures bigint NOT NULL,
    retry_at bigint,
    quarantined_at bigint,
    error text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.observer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.observer_id_seq OWNED BY public.observer.id;
CREATE TABLE public.operational_case (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    employee_id bigint,
    state text COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    subject text COLLATE pg_catalog."C",
    text text COLLATE pg_catalog."C",
    priority text COLLATE pg_catalog."C",
    channel text COLLATE pg_catalog."C",
    satisfaction bigint,
    parent text COLLATE pg_catalog."C",
    merged_into text COLLATE pg_catalog."C",
    routed_by text COLLATE pg_catalog."C",
    opened_at bigint,
    respond_by bigint,
    resolve_by bigint,
    responded_at bigint,
    resolved_at bigint,
    paused_since bigint,
    escalated_at bigint,
    next_at bigint,
    response_minutes bigint,
    resolution_minutes bigint,
    paused bigint,
    reopened bigint,
    overdue text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.operational_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_case_id_seq OWNED BY public.operational_case.id;
CREATE TABLE public.operational_coupon (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    reward text NOT NULL COLLATE pg_catalog."C",
    issued_at bigint NOT NULL,
    valid_until bigint,
    redeemed_at bigint,
    voided_at bigint,
    because_of text COLLATE pg_catalog."C",
    employee_id bigint
);
CREATE SEQUENCE public.operational_coupon_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_coupon_id_seq OWNED BY public.operational_coupon.id;
CREATE TABLE public.operational_deal (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    employee_id bigint,
    state text COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    name text COLLATE pg_catalog."C",
    value bigint,
    close_on text COLLATE pg_catalog."C",
    next_step text COLLATE pg_catalog."C",
    next_on text COLLATE pg_catalog."C",
    probability bigint,
    commitment text COLLATE pg_catalog."C",
    pipeline text COLLATE pg_catalog."C",
    product_family text COLLATE pg_catalog."C",
    source text COLLATE pg_catalog."C",
    lost_reason text COLLATE pg_catalog."C",
    amount bigint,
    currency text COLLATE pg_catalog."C",
    opened_on text COLLATE pg_catalog."C",
    stage_since bigint
);
CREATE TABLE public.operational_deal_contact (
    id bigint NOT NULL,
    deal_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.operational_deal_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_deal_contact_id_seq OWNED BY public.operational_deal_contact.id;
CREATE SEQUENCE public.operational_deal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_deal_id_seq OWNED BY public.operational_deal.id;
CREATE TABLE public.operational_lead (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    need text COLLATE pg_catalog."C",
    budget bigint,
    authority text COLLATE pg_catalog."C",
    timeframe text COLLATE pg_catalog."C",
    qualified_at bigint,
    rule text COLLATE pg_catalog."C",
    assigned_to bigint,
    assigned_at bigint,
    deal text COLLATE pg_catalog."C",
    converted_at bigint,
    lost_reason text COLLATE pg_catalog."C",
    lost_at bigint
);
CREATE SEQUENCE public.operational_lead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_lead_id_seq OWNED BY public.operational_lead.id;
CREATE TABLE public.operational_points_entry (
    id bigint NOT NULL,
    customer_id bigint,
    card text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    points bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    rule text COLLATE pg_catalog."C",
    about bigint,
    because_of text COLLATE pg_catalog."C",
    at bigint NOT NULL,
    known_at bigint NOT NULL,
    expires_at bigint,
    note text COLLATE pg_catalog."C",
    employee_id bigint
);
CREATE SEQUENCE public.operational_points_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_points_entry_id_seq OWNED BY public.operational_points_entry.id;
CREATE TABLE public.operational_price (
    id bigint NOT NULL,
    product_id bigint NOT NULL,
    price_list text NOT NULL COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    from_quantity text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    valid_from text NOT NULL COLLATE pg_catalog."C",
    valid_until text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.operational_price_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_price_id_seq OWNED BY public.operational_price.id;
CREATE TABLE public.operational_product (
    id bigint NOT NULL,
    sku text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    tax_rate text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint
);
CREATE SEQUENCE public.operational_product_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_product_id_seq OWNED BY public.operational_product.id;
CREATE TABLE public.operational_quote (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    employee_id bigint,
    state text COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    number text COLLATE pg_catalog."C",
    subject text COLLATE pg_catalog."C",
    currency text COLLATE pg_catalog."C",
    valid_until text COLLATE pg_catalog."C",
    discount bigint,
    prices text COLLATE pg_catalog."C",
    total_net bigint,
    total_tax bigint,
    total_gross bigint,
    deal text COLLATE pg_catalog."C",
    sent_at bigint,
    accepted_at bigint,
    decline_reason text COLLATE pg_catalog."C",
    version_of text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.operational_quote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_quote_id_seq OWNED BY public.operational_quote.id;
CREATE TABLE public.operational_quote_line (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    "position" bigint NOT NULL,
    sku text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    quantity text NOT NULL COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    unit_price bigint NOT NULL,
    discount text NOT NULL COLLATE pg_catalog."C",
    tax_rate text NOT NULL COLLATE pg_catalog."C",
    net bigint NOT NULL,
    tax bigint NOT NULL
);
CREATE SEQUENCE public.operational_quote_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_quote_line_id_seq OWNED BY public.operational_quote_line.id;
CREATE TABLE public.operational_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.operational_task (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    employee_id bigint,
    state text COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    subject text COLLATE pg_catalog."C",
    due text COLLATE pg_catalog."C",
    due_time text COLLATE pg_catalog."C",
    remind_at bigint,
    repeat text COLLATE pg_catalog."C",
    team text COLLATE pg_catalog."C",
    priority text COLLATE pg_catalog."C",
    notes text COLLATE pg_catalog."C",
    done_at bigint,
    because_of text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.operational_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_task_id_seq OWNED BY public.operational_task.id;
CREATE TABLE public.operational_tier (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    tier text COLLATE pg_catalog."C",
    since bigint NOT NULL
);
CREATE SEQUENCE public.operational_tier_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_tier_id_seq OWNED BY public.operational_tier.id;
CREATE TABLE public.ownership (
    table_name text NOT NULL COLLATE pg_catalog."C",
    plugin text NOT NULL COLLATE pg_catalog."C",
    contract text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.plan (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    content text NOT NULL COLLATE pg_catalog."C",
    effective text NOT NULL COLLATE pg_catalog."C",
    counts text NOT NULL COLLATE pg_catalog."C",
    applied_at bigint,
    undone_at bigint
);
CREATE TABLE public.plan_act (
    id bigint NOT NULL,
    plan_id bigint NOT NULL,
    rule text NOT NULL COLLATE pg_catalog."C",
    step text NOT NULL COLLATE pg_catalog."C",
    occasion text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint NOT NULL,
    action text NOT NULL COLLATE pg_catalog."C",
    params text NOT NULL COLLATE pg_catalog."C",
    says text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    gate text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    until bigint,
    arm text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.plan_act_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.plan_act_id_seq OWNED BY public.plan_act.id;
CREATE SEQUENCE public.plan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.plan_id_seq OWNED BY public.plan.id;
CREATE TABLE public.plugin (
    name text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL COLLATE pg_catalog."C",
    deciders text NOT NULL COLLATE pg_catalog."C",
    restricts bigint NOT NULL,
    tables text NOT NULL COLLATE pg_catalog."C",
    words text NOT NULL COLLATE pg_catalog."C",
    loaded_at bigint NOT NULL
);
CREATE TABLE public.preference (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    topic text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
CREATE SEQUENCE public.preference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.preference_id_seq OWNED BY public.preference.id;
CREATE TABLE public.privacy_request (
    id bigint NOT NULL,
    customer_id bigint,
    uid text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    received_at bigint NOT NULL,
    due_on text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    note text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    settled_at bigint,
    outcome text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.privacy_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.privacy_request_id_seq OWNED BY public.privacy_request.id;
CREATE TABLE public.relationship (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    other_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    since text COLLATE pg_catalog."C",
    until text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.relationship_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.relationship_id_seq OWNED BY public.relationship.id;
CREATE TABLE public.review (
    id bigint NOT NULL,
    customer_id bigint,
    kind text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    item text NOT NULL COLLATE pg_catalog."C",
    candidates text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    settled_at bigint
);
CREATE SEQUENCE public.review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.review_id_seq OWNED BY public.review.id;
CREATE TABLE public.rule (
    name text NOT NULL COLLATE pg_catalog."C",
    digest text COLLATE pg_catalog."C",
    proven_at bigint,
    planned_at bigint,
    planned_seq bigint,
    shares text COLLATE pg_catalog."C",
    measured_since bigint,
    decided_at integer
);
CREATE TABLE public.segment_stay (
    id bigint NOT NULL,
    segment text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint NOT NULL,
    entered_at bigint NOT NULL,
    left_at bigint
);
CREATE SEQUENCE public.segment_stay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.segment_stay_id_seq OWNED BY public.segment_stay.id;
CREATE TABLE public.send_rate (
    channel text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
CREATE TABLE public.setting (
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.suppression (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    until bigint,
    note text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    lifted_at bigint,
    lifted_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    because text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.suppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.suppression_id_seq OWNED BY public.suppression.id;
CREATE TABLE public.team (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    parent_id bigint
);
CREATE SEQUENCE public.team_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_id_seq OWNED BY public.team.id;
CREATE TABLE public.team_member (
    id bigint NOT NULL,
    team_id bigint NOT NULL,
    employee_id bigint NOT NULL
);
CREATE SEQUENCE public.team_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_member_id_seq OWNED BY public.team_member.id;
CREATE TABLE public.trait_value (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    trait text NOT NULL COLLATE pg_catalog."C",
    number bigint,
    text text COLLATE pg_catalog."C",
    computed_at bigint NOT NULL
);
CREATE SEQUENCE public.trait_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trait_value_id_seq OWNED BY public.trait_value.id;
ALTER TABLE ONLY public.access ALTER COLUMN id SET DEFAULT nextval('public.access_id_seq'::regclass);
ALTER TABLE ONLY public.address_strike ALTER COLUMN id SET DEFAULT nextval('public.address_strike_id_seq'::regclass);
ALTER TABLE ONLY public.analytical_fit ALTER COLUMN id SET DEFAULT nextval('public.analytical_fit_id_seq'::regclass);
ALTER TABLE ONLY public.campaign_journey ALTER COLUMN id SET DEFAULT nextval('public.campaign_journey_id_seq'::regclass);
ALTER TABLE ONLY public.campaign_journey_person ALTER COLUMN id SET DEFAULT nextval('public.campaign_journey_person_id_seq'::regclass);
ALTER TABLE ONLY public.campaign_journey_version ALTER COLUMN id SET DEFAULT nextval('public.campaign_journey_version_id_seq'::regclass);
ALTER TABLE ONLY public.campaign_recipient ALTER COLUMN id SET DEFAULT nextval('public.campaign_recipient_id_seq'::regclass);
ALTER TABLE ONLY public.campaign_run ALTER COLUMN id SET DEFAULT nextval('public.campaign_run_id_seq'::regclass);
ALTER TABLE ONLY public.change ALTER COLUMN seq SET DEFAULT nextval('public.change_seq_seq'::regclass);
ALTER TABLE ONLY public.consent ALTER COLUMN id SET DEFAULT nextval('public.consent_id_seq'::regclass);
ALTER TABLE ONLY public.contact_point ALTER COLUMN id SET DEFAULT nextval('public.contact_point_id_seq'::regclass);
ALTER TABLE ONLY public.customer ALTER COLUMN id SET DEFAULT nextval('public.customer_id_seq'::regclass);
ALTER TABLE ONLY public.customer_alias ALTER COLUMN id SET DEFAULT nextval('public.customer_alias_id_seq'::regclass);
ALTER TABLE ONLY public.customer_choice ALTER COLUMN id SET DEFAULT nextval('public.customer_choice_id_seq'::regclass);
ALTER TABLE ONLY public.customer_field ALTER COLUMN id SET DEFAULT nextval('public.customer_field_id_seq'::regclass);
ALTER TABLE ONLY public.customer_tag ALTER COLUMN id SET DEFAULT nextval('public.customer_tag_id_seq'::regclass);
ALTER TABLE ONLY public.decision ALTER COLUMN id SET DEFAULT nextval('public.decision_id_seq'::regclass);
ALTER TABLE ONLY public.duplicate ALTER COLUMN id SET DEFAULT nextval('public.duplicate_id_seq'::regclass);
ALTER TABLE ONLY public.edit_run ALTER COLUMN id SET DEFAULT nextval('public.edit_run_id_seq'::regclass);
ALTER TABLE ONLY public.effect ALTER COLUMN id SET DEFAULT nextval('public.effect_id_seq'::regclass);
ALTER TABLE ONLY public.email_folder ALTER COLUMN id SET DEFAULT nextval('public.email_folder_id_seq'::regclass);
ALTER TABLE ONLY public.email_hit ALTER COLUMN id SET DEFAULT nextval('public.email_hit_id_seq'::regclass);
ALTER TABLE ONLY public.email_link ALTER COLUMN id SET DEFAULT nextval('public.email_link_id_seq'::regclass);
ALTER TABLE ONLY public.email_parked ALTER COLUMN id SET DEFAULT nextval('public.email_parked_id_seq'::regclass);
ALTER TABLE ONLY public.email_preflight ALTER COLUMN id SET DEFAULT nextval('public.email_preflight_id_seq'::regclass);
ALTER TABLE ONLY public.employee ALTER COLUMN id SET DEFAULT nextval('public.employee_id_seq'::regclass);
ALTER TABLE ONLY public.erasure ALTER COLUMN id SET DEFAULT nextval('public.erasure_id_seq'::regclass);
ALTER TABLE ONLY public.exchange_rate ALTER COLUMN id SET DEFAULT nextval('public.exchange_rate_id_seq'::regclass);
ALTER TABLE ONLY public.goal_course ALTER COLUMN id SET DEFAULT nextval('public.goal_course_id_seq'::regclass);
ALTER TABLE ONLY public.hold_on ALTER COLUMN id SET DEFAULT nextval('public.hold_on_id_seq'::regclass);
ALTER TABLE ONLY public.identity ALTER COLUMN id SET DEFAULT nextval('public.identity_id_seq'::regclass);
ALTER TABLE ONLY public.import_batch ALTER COLUMN id SET DEFAULT nextval('public.import_batch_id_seq'::regclass);
ALTER TABLE ONLY public.import_run ALTER COLUMN id SET DEFAULT nextval('public.import_run_id_seq'::regclass);
ALTER TABLE ONLY public.incoming ALTER COLUMN id SET DEFAULT nextval('public.incoming_id_seq'::regclass);
ALTER TABLE ONLY public.interaction ALTER COLUMN seq SET DEFAULT nextval('public.interaction_seq_seq'::regclass);
ALTER TABLE ONLY public.legal_hold ALTER COLUMN id SET DEFAULT nextval('public.legal_hold_id_seq'::regclass);
ALTER TABLE ONLY public.merge ALTER COLUMN id SET DEFAULT nextval('public.merge_id_seq'::regclass);
ALTER TABLE ONLY public.merge_moved ALTER COLUMN id SET DEFAULT nextval('public.merge_moved_id_seq'::regclass);
ALTER TABLE ONLY public.merge_removed ALTER COLUMN id SET DEFAULT nextval('public.merge_removed_id_seq'::regclass);
ALTER TABLE ONLY public.merge_run ALTER COLUMN id SET DEFAULT nextval('public.merge_run_id_seq'::regclass);
ALTER TABLE ONLY public.merge_value ALTER COLUMN id SET DEFAULT nextval('public.merge_value_id_seq'::regclass);
ALTER TABLE ONLY public.message_template ALTER COLUMN id SET DEFAULT nextval('public.message_template_id_seq'::regclass);
ALTER TABLE ONLY public.observer ALTER COLUMN id SET DEFAULT nextval('public.observer_id_seq'::regclass);
ALTER TABLE ONLY public.operational_case ALTER COLUMN id SET DEFAULT nextval('public.operational_case_id_seq'::regclass);
ALTER TABLE ONLY public.operational_coupon ALTER COLUMN id SET DEFAULT nextval('public.operational_coupon_id_seq'::regclass);
ALTER TABLE ONLY public.operational_deal ALTER COLUMN id SET DEFAULT nextval('public.operational_deal_id_seq'::regclass);
ALTER TABLE ONLY public.operational_deal_contact ALTER COLUMN id SET DEFAULT nextval('public.operational_deal_contact_id_seq'::regclass);
ALTER TABLE ONLY public.operational_lead ALTER COLUMN id SET DEFAULT nextval('public.operational_lead_id_seq'::regclass);
ALTER TABLE ONLY public.operational_points_entry ALTER COLUMN id SET DEFAULT nextval('public.operational_points_entry_id_seq'::regclass);
ALTER TABLE ONLY public.operational_price ALTER COLUMN id SET DEFAULT nextval('public.operational_price_id_seq'::regclass);
ALTER TABLE ONLY public.operational_product ALTER COLUMN id SET DEFAULT nextval('public.operational_product_id_seq'::regclass);
ALTER TABLE ONLY public.operational_quote ALTER COLUMN id SET DEFAULT nextval('public.operational_quote_id_seq'::regclass);
ALTER TABLE ONLY public.operational_quote_line ALTER COLUMN id SET DEFAULT nextval('public.operational_quote_line_id_seq'::regclass);
ALTER TABLE ONLY public.operational_task ALTER COLUMN id SET DEFAULT nextval('public.operational_task_id_seq'::regclass);
ALTER TABLE ONLY public.operational_tier ALTER COLUMN id SET DEFAULT nextval('public.operational_tier_id_seq'::regclass);
ALTER TABLE ONLY public.plan ALTER COLUMN id SET DEFAULT nextval('public.plan_id_seq'::regclass);
ALTER TABLE ONLY public.plan_act ALTER COLUMN id SET DEFAULT nextval('public.plan_act_id_seq'::regclass);
ALTER TABLE ONLY public.preference ALTER COLUMN id SET DEFAULT nextval('public.preference_id_seq'::regclass);
ALTER TABLE ONLY public.privacy_request ALTER COLUMN id SET DEFAULT nextval('public.privacy_request_id_seq'::regclass);
ALTER TABLE ONLY public.relationship ALTER COLUMN id SET DEFAULT nextval('public.relationship_id_seq'::regclass);
ALTER TABLE ONLY public.review ALTER COLUMN id SET DEFAULT nextval('public.review_id_seq'::regclass);
ALTER TABLE ONLY public.segment_stay ALTER COLUMN id SET DEFAULT nextval('public.segment_stay_id_seq'::regclass);
ALTER TABLE ONLY public.suppression ALTER COLUMN id SET DEFAULT nextval('public.suppression_id_seq'::regclass);
ALTER TABLE ONLY public.team ALTER COLUMN id SET DEFAULT nextval('public.team_id_seq'::regclass);
ALTER TABLE ONLY public.team_member ALTER COLUMN id SET DEFAULT nextval('public.team_member_id_seq'::regclass);
ALTER TABLE ONLY public.trait_value ALTER COLUMN id SET DEFAULT nextval('public.trait_value_id_seq'::regclass);
INSERT INTO public.access VALUES (1, 1795374286948813, 'crmkit', 'read', 'erasure preview', NULL, 1, '{}');
INSERT INTO public.access VALUES (2, 1795374287934137, 'crmkit', 'erase', 'erasure', NULL, 1, '{"reason":"request"}');
INSERT INTO public.analytical_fit VALUES (1, 1795374387380566, 1795374387325020, 'bg-nbd', 'week', 'not identified', 'nobody has bought a second time', 2, '{}', '{}', NULL);
INSERT INTO public.analytical_fit VALUES (2, 1795374387380566, 1795374387325020, 'gamma-gamma', 'week', 'not identified', 'there are no customers with a repeat purchase', 0, '{}', '{}', NULL);
INSERT INTO public.analytical_schema_version VALUES ('analytical_0001');
INSERT INTO public.campaign_journey VALUES (1, 'back', 'running', 1, 1795374358542435, 'crmkit', 9, 20, 1795302000000000);
INSERT INTO public.campaign_journey_person VALUES (1, 'back', 1, 1, '1795374384189814', 'mark', 1795374384189814, 1795374384189814, 1795374384189814, 'active', NULL, NULL, 1795374384189814, NULL, 1);
INSERT INTO public.campaign_journey_person VALUES (2, 'back', 1, 2, '1795374384189814', 'mark', 1795374384189814, 1795374384189814, 1795374384189814, 'active', NULL, NULL, 1795374384189814, NULL, 1);
INSERT INTO public.campaign_journey_version VALUES (1, 'back', 1, 'f8e04b0e8382856af580d2a501f5db9d3a805f29b4971d45b192bbc37879b1f6', 'doc = "Come back"
who = "in(buyers)"
run = "daily at 00:00"
goal = "count(purchase) > 9"
[[steps]]
id = "mark"
tag = "journeyed"
[[steps]]
id = "pause"
wait = "3 days"
[[steps]]
id = "again"
tag = "waited"
', 1795374358542435);
INSERT INTO public.campaign_recipient VALUES (1, 1, 'run:1', 1, 1795374339866910, NULL, NULL);
INSERT INTO public.campaign_recipient VALUES (2, 1, 'run:1', 2, 1795374339866910, NULL, NULL);
INSERT INTO public.campaign_run VALUES (1, 'spring', 1, 'once', 'running', 1, '{"doc": "New bread", "purpose": "offers", "send_email": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}', 'a869ed25c55d2ab788120d154bb4d4a9c26510e00cbf1aad0b22f807f0444b0e', NULL, 1795374339627321, 'crmkit', 1795374339627321, 9, NULL, NULL, NULL);
INSERT INTO public.campaign_schema_version VALUES ('campaign_journeys');
INSERT INTO public.change VALUES (1, 1795374055619605, 'crmkit', 'created', 'team', 1, NULL, '', NULL, '"shop"', '', 'shop', '9466325dc212ebaa', 'd903ac5a9480787dd7f03c1dfa92f624efcd668e0854926fb921b9d7d6694ce9', 'df2412cdf34e6234f50a9fbb245b2557ed50291ddcb441fa76cc24153b4f7e30');
INSERT INTO public.change VALUES (2, 1795374062773014, 'crmkit', 'created', 'employee', 1, NULL, '', NULL, '{"name": "Olga Lis", "email": "olga@rye.example", "role": "manager"}', '', '01a204a2-1cb8-754f-a225-37182f7d52e1', '0dbc332d5182c987', 'e9bc1364dae0b173b74b7b7f342b06e97bc7991f594b55fda9cab2b75c37ab37', 'd49858c7bf9dfa4d69140f1330f01988980dd8e3df7c13510e31267a492fb0ba');
INSERT INTO public.change VALUES (3, 1795374062773014, 'crmkit', 'changed', 'employee', 1, NULL, 'team', NULL, '"shop"', '', '01a204a2-1cb8-754f-a225-37182f7d52e1', 'e1dc2bc292cf6d69', '844bcb69df9e726d7f6fa40f32669266b95e7a9f497f74649263758f7f4d563e', '8383a7328f32873bfe4ed98683a7b2217f8f46b342cfc571f3321b3f84aaadd9');
INSERT INTO public.change VALUES (4, 1795374068966721, 'crmkit', 'created', 'customer', 1, 1, '', NULL, '""', '', '01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7', 'b80adf1f8f96dae7', '40c3eff1db210cd72bf1396cfbb36a2862a4a62a4885ab882e73f00806f51b68', '523f048674464492d0e98592f11d74baec762386517ef17ce4a853edb83e40b8');
INSERT INTO public.change VALUES (5, 1795374077508862, 'crmkit', 'created', 'customer', 2, 2, '', NULL, '""', '', '01a204a2-564d-715a-b90f-7d361972ab88', '3a582ad890406cb8', '337d1dd55aa62a7a97c780bf5298a5e554e5cb7fc68637c3b51b91d00609d04e', '40d769d4f9bda523c2bf86ac1cc29233900cbdcddb0fc947967f22b9f5a57f46');
INSERT INTO public.change VALUES (6, 1795374089458006, 'crmkit', 'created', 'customer', 3, 2, '', NULL, '""', '', '01a204a2-84f2-70a9-bd0c-710084ee9be1', '1f1d9e02f91730ca', '301a77fdeb66a9ec36d2e31526b9f177447e218c8db5373034753b4b59dff67c', '546452a53d6e5a981a039bf59fd538d73835189ac155128e50f5acf71f69c2f0');
INSERT INTO public.change VALUES (7, 1795374102803185, 'crmkit', 'created', 'customer', 4, NULL, '', NULL, NULL, '', '01a204a2-b913-7135-a9d7-24e3d633b275', NULL, 'becea23d09e5b0c4fdd5c8aa84db9da9751d8142dd35060c134617084845a0d4', '7489e4274ae15892d8b7d917c3c68ad39ee923e2c3814456e6e087e37e1c85a4');
INSERT INTO public.change VALUES (8, 1795374114944581, 'crmkit', 'created', 'customer', 5, 5, '', NULL, '""', '', '01a204a2-e88d-71db-8497-0d8bfeac4150', '679fe8d2a204b1a4', 'f89a08fc7b9c277956d3dea57c3968a3b83f2f11170851f1c5c08042f430185b', 'be3f21ed5ac60885f438760d20fedbfa4385f2844344f6d5b4ce0cdb50cfadcc');
INSERT INTO public.change VALUES (9, 1795374175871614, 'crmkit', 'created', 'consent', 1, 1, 'offers', NULL, '{"purpose":"offers","channel":"email","state":"granted"}', '', '01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7', '8237d6f45d971115', 'e5236e96dd178a3c22cee5874195985261139cfbca158a37f5fe407b228c8a49', '5c08f656139278889f75e7cbf4bd30efbfbd9f1746af8b1ed3509e542ba951d4');
INSERT INTO public.change VALUES (10, 1795374188409745, 'crmkit', 'created', 'consent', 2, 2, 'offers', NULL, '{"purpose":"offers","channel":"email","state":"granted"}', '', '01a204a2-564d-715a-b90f-7d361972ab88', '96b210237dd67b0e', '05f0050118382c86b958832633d87dda16d9b0bea33cfd43200373d91deb0516', 'bbe2e1f3d1441d06a21aab283dc48c23057722ffa108c7d7c5ff6e41a86523ea');
INSERT INTO public.change VALUES (11, 1795374199396655, 'crmkit', 'created', 'record:task', 1, 1, '', NULL, '{"state":"open","subject":"Call back","due":"2030-01-01"}', '', 'task:1', '0bb85a6eea85a51a', '09ce947d0df0b097793a5675a0ca4e0b8093ec27ed3bafbe3c173acca0624918', 'a6b635a29890f58b9768650612136b0c4bbdcfeb728642ffbf4d84c36c913295');
INSERT INTO public.change VALUES (12, 1795374208015255, 'crmkit', 'created', 'record:case', 1, 5, '', NULL, '{"state":"new","subject":"Too dark","priority":"normal","opened_at":1795374208015255,"respond_by":1795435200000000,"resolve_by":1795536000000000,"next_at":1795435200000000}', '', 'case:1', '3744989b0d65203f', '137211fff45ffa58135b1e7903e32bf4d7d6d0752613d03263e95dd7bb58ae41', '5a80ab20c120da0d72f6d9afbd27ae66b3cf42accc46975c7f27fba82f6bacb4');
INSERT INTO public.change VALUES (13, 1795374218473508, 'crmkit', 'created', 'record:deal', 1, 2, '', NULL, '{"state":"new","name":"Ovens","probability":10,"commitment":"pipeline","pipeline":"sales","opened_on":"2026-11-22","stage_since":1795374218473508}', '', 'deal:1', 'b04a3a05a934a83a', 'ceefe364040fc6a478c091a26398dbdf4f953936878ec9c7f0973b474bb579df', '7a0d325e5b73837c73c3950a34e95dcc72e73040b8e873226d7d000e59bc4075');
INSERT INTO public.change VALUES (14, 1795374230524861, 'crmkit', 'created', 'product', 1, NULL, '', NULL, '{"sku": "LOAF", "name": "Loaf", "unit": "", "tax_rate": "0"}', '', 'LOAF', '3999f9a94ead7662', 'ba8774988b604ab0ed262660f1701ed45b5ebeb82c7c5b665dbe94e5d4db8808', 'f220b8366803609cc0a2536dc05987cb88f1345a6569aa5aab7ffb584f006146');
INSERT INTO public.change VALUES (15, 1795374242013186, 'crmkit', 'changed', 'product', 1, NULL, 'price', NULL, '{"amount": "12.00 PLN", "list": "standard", "from": "0", "on": "2026-11-22"}', '', 'LOAF', '7c11d6738128ed96', '74766415cd852f8830a5270755b67222426456d6eaaa2317142b55ad771324bd', '25a900ba352392770614ae36e12f907b946afbccc5e5b61deca45ecfcaf380dd');
INSERT INTO public.change VALUES (16, 1795374257577403, 'crmkit', 'created', 'record:quote', 1, 2, '', NULL, '{"state":"draft","currency":"PLN","prices":"net","total_net":0,"total_tax":0,"total_gross":0}', '', 'quote:1', '5e7becf69b796552', 'd040cab254cce2ed99791649f952a6b9163f4f69b51e2d472521e1059ffa8b46', 'c9c2464e4769b94b6edb4bf14571bdd7eda5b54bb84b4b8adebfb5f7077dcfcb');
INSERT INTO public.change VALUES (17, 1795374273448937, 'crmkit', 'merged', 'customer', 2, 2, '', NULL, '{"id":3,"uid":"01a204a2-84f2-70a9-bd0c-710084ee9be1"}', 'merge:1', '01a204a2-564d-715a-b90f-7d361972ab88', '5c970924fd1e1b4f', '1f506ce01e7fe2679a0b90bb7aa31535e1cf89fa3fc9aca978eed3cdd2d3fdb2', 'e9bb2167f3ccd1e216902235d9d1c069f495e51405a14891b91e50fad6f61763');
INSERT INTO public.change VALUES (18, 1795374287934137, 'crmkit', 'erased', 'customer', 4, NULL, '', NULL, NULL, 'request', '01a204a2-b913-7135-a9d7-24e3d633b275', 'e9cc77a7dd52bd5c', '57e16361d0999a2416fae8f4dcae33d11a2d87a864b8758913f2763f07a4d72d', '10adbbbb35256bb950888ba0f2350e20d8517ba2fd728b5ae8161f95fbdeb4df');
INSERT INTO public.change VALUES (19, 1795374321210215, 'crmkit', 'created', 'tag', 2, 2, '', NULL, '"thanked"', 'plan:1', '01a204a2-564d-715a-b90f-7d361972ab88', 'b1e60df8326276b5', 'f2773ae07c5bd60ebf5b2f8851f56f61c0d35b151a3f7c068cf7ebb96c62b178', 'b9690232e2fa2ba8e18ea0e3be1e712f1652bffa0c843ebc0eeefc852c2ffe4c');
INSERT INTO public.change VALUES (20, 1795374339627321, 'crmkit', 'confirmed', 'campaign_run', 1, NULL, 'spring', NULL, NULL, '', '', 'e710fc58bff88cac', '6d5f3588e9120b73348a3aa41b311be43d3685cba2495e233225ff53e8840933', '2944a35519bf3f6fecc5c07eaea687e8cbf40c176dcbd02b927e7f5b2b23d164');
INSERT INTO public.change VALUES (21, 1795374385525592, 'crmkit', 'created', 'tag', 3, 1, '', NULL, '"journeyed"', 'plan:2', '01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7', 'a2b61a0948de769b', '1caceed08ee6437308e93f7bc2272af3426c9d29462a75ccd9299a1dccde0bc8', 'f0443259c8a699be97c7dc816e35c84f7e687955cf1c3c3c2b9401b71991e57e');
INSERT INTO public.change VALUES (22, 1795374385525592, 'crmkit', 'created', 'tag', 4, 2, '', NULL, '"journeyed"', 'plan:2', '01a204a2-564d-715a-b90f-7d361972ab88', '90e4aec21a1f8c6c', 'dae61059aab1ecfedf2460d75a583bc920e88c77e81503115d5194e153180786', '3001e5f499911cda01608697ed716fba292331316408106b67862eb638cdb27f');
INSERT INTO public.consent VALUES (1, 1, 'offers', 'email', 'granted', 1795374175871614, '', 1, '', 'crmkit');
INSERT INTO public.consent VALUES (2, 2, 'offers', 'email', 'granted', 1795374188409745, '', 1, '', 'crmkit');
INSERT INTO public.contact_point VALUES (1, 1, 'email', '', 'anna@example.org', 'anna@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (2, 2, 'email', '', 'jan@example.org', 'jan@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (3, 2, 'phone', '', '+48 512 000 001', '+48512000001', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (4, 2, 'email', '', 'j.wilk@example.org', 'j.wilk@example.org', 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (6, 5, 'email', '', 'fatima@example.org', 'fatima@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.crmkit_schema_version VALUES ('0005');
INSERT INTO public.customer VALUES (1, '01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7', 0, 'Anna Żółć', '', '', 'anna zolc anna example org', 'prospect', NULL, 1, NULL, NULL, NULL, NULL, NULL, 2, 1795374068966721, '', NULL);
INSERT INTO public.customer VALUES (2, '01a204a2-564d-715a-b90f-7d361972ab88', 0, 'Jan Wilk', '', '', 'jan wilk jan example org 48512000001 512000001 j wilk example org', 'prospect', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 4, 1795374077508862, '', NULL);
INSERT INTO public.customer VALUES (5, '01a204a2-e88d-71db-8497-0d8bfeac4150', 0, 'فاطمہ خان', '', '', 'فاطمه خان fatima example org', 'prospect', NULL, NULL, 'ur', NULL, NULL, NULL, NULL, 1, 1795374114944581, '', NULL);
INSERT INTO public.customer_alias VALUES (3, '01a204a2-84f2-70a9-bd0c-710084ee9be1', 2);
INSERT INTO public.customer_field VALUES (1, 1, '1990-02-28', 'rye', NULL);
INSERT INTO public.customer_tag VALUES (1, 1, 'vip');
INSERT INTO public.customer_tag VALUES (2, 2, 'thanked');
INSERT INTO public.customer_tag VALUES (3, 1, 'journeyed');
INSERT INTO public.customer_tag VALUES (4, 2, 'journeyed');
INSERT INTO public.effect VALUES (1, 'rule:thanks', '1', '2026-11-22', 1, 1, 'tag.add', '{"tag": "thanked"}', 'withheld', 'in the control group, which is left alone to compare with', NULL, 'crmkit', 1795374321210215, 1795374321210215, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 0, 'control');
INSERT INTO public.effect VALUES (2, 'rule:thanks', '1', '2026-11-22', 2, 1, 'tag.add', '{"tag": "thanked"}', 'done', NULL, NULL, 'crmkit', 1795374321210215, 1795374321210215, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 0, 'treated');
INSERT INTO public.effect VALUES (3, 'campaign:spring', '1', 'run:1', 1, 2, 'message.send', '{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}', 'done', NULL, NULL, 'crmkit', 1795374385525592, 1795374385744096, NULL, 'email', 'offers', 1795374385721486, 'anna@example.org', NULL, 1, 1795547185699778, NULL, 1, 1, NULL);
INSERT INTO public.effect VALUES (4, 'campaign:spring', '1', 'run:1', 2, 2, 'message.send', '{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}', 'done', NULL, NULL, 'crmkit', 1795374385525592, 1795374385744096, NULL, 'email', 'offers', 1795374385721486, 'jan@example.org', NULL, 1, 1795547185699778, NULL, 1, 1, NULL);
INSERT INTO public.effect VALUES (5, 'journey:back', 'v1.mark', '1795374384189814', 1, 2, 'tag.add', '{"tag": "journeyed"}', 'done', NULL, NULL, 'crmkit', 1795374385525592, 1795374385525592, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 0, NULL);
INSERT INTO public.effect VALUES (6, 'journey:back', 'v1.mark', '1795374384189814', 2, 2, 'tag.add', '{"tag": "journeyed"}', 'done', NULL, NULL, 'crmkit', 1795374385525592, 1795374385525592, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 0, NULL);
INSERT INTO public.email_schema_version VALUES ('email_0001');
INSERT INTO public.employee VALUES (1, '01a204a2-1cb8-754f-a225-37182f7d52e1', 'Olga Lis', 'olga lis', 'olga@rye.example', 'manager', 1, 1795374062773014);
INSERT INTO public.erasure VALUES (1, '01a204a2-b913-7135-a9d7-24e3d633b275', 1795374287934137, 'crmkit', NULL, '{"reason": "request", "tables": {"access": [0, 1, 0], "change": [0, 1, 0], "contact_point": [1, 0, 0], "customer": [1, 0, 0]}, "files": {}}', 'scrubbed', 1795374288210767);
INSERT INTO public.goal_course VALUES (1, 'back', 'repeat_rate of everybody by month', '2026-05-01', '2026-06-01', 0, 0, 1795374383096310);
INSERT INTO public.goal_course VALUES (2, 'back', 'repeat_rate of everybody by month', '2026-06-01', '2026-07-01', 0, 0, 1795374383162744);
INSERT INTO public.goal_course VALUES (3, 'back', 'repeat_rate of everybody by month', '2026-07-01', '2026-08-01', 0, 0, 1795374383207862);
INSERT INTO public.goal_course VALUES (4, 'back', 'repeat_rate of everybody by month', '2026-08-01', '2026-09-01', 0, 0, 1795374383262249);
INSERT INTO public.goal_course VALUES (5, 'back', 'repeat_rate of everybody by month', '2026-09-01', '2026-10-01', 0, 0, 1795374383327828);
INSERT INTO public.goal_course VALUES (6, 'back', 'repeat_rate of everybody by month', '2026-10-01', '2026-11-01', 0, 0, 1795374383384015);
INSERT INTO public.interaction VALUES (1, 1, 'purchase', NULL, NULL, NULL, NULL, 1795374122970674, 1795374122970674, 1795374122970674, 3000, 'PLN', '{}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (2, 1, 'purchase', NULL, NULL, NULL, NULL, 1795374129524649, 1795374129524649, 1795374129524649, 1200, 'PLN', '{}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (3, 1, 'purchase', NULL, NULL, NULL, NULL, 1795374136633092, 1795374136633092, 1795374136633092, 950, 'PLN', '{}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (4, 1, 'coupon.issued', NULL, NULL, NULL, NULL, 1795374136633092, 1795374136633092, 1795374136633092, NULL, NULL, '{"code":"UUUW-Q8KH-KGVM","label":"A loaf","reward":"loaf","valid_until":null}', 1, 'operational.loyalty', 'coupon:UUUW-Q8KH-KGVM:issued', NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (5, 2, 'purchase', NULL, NULL, NULL, NULL, 1795374144250672, 1795374144250672, 1795374144250672, 700, 'PLN', '{}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (6, 5, 'complaint', NULL, NULL, NULL, NULL, 1795374154488446, 1795374154488446, 1795374154488446, NULL, NULL, '{"subject":"","text":"Too dark"}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (7, 1, 'note', NULL, NULL, NULL, NULL, 1795374164781562, 1795374164781562, 1795374164781562, NULL, NULL, '{"text":"Likes it dark"}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (8, 5, 'case.opened', NULL, NULL, NULL, NULL, 1795374208015255, 1795374208015255, 1795374208015255, NULL, NULL, '{"before":null,"record":"case:1","state":"new","text":"","title":"Too dark"}', 1, 'record', 'case:1@1', NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (9, 2, 'deal.opened', NULL, NULL, NULL, NULL, 1795374218473508, 1795374218473508, 1795374218473508, NULL, NULL, '{"before":null,"record":"deal:1","state":"new","text":"","title":"Ovens"}', 1, 'record', 'deal:1@1', NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (10, 1, 'journey.entered', NULL, NULL, NULL, NULL, 1795374384189814, 1795374384189814, 1795374384189814, NULL, NULL, '{"journey":"back","step":"mark","version":1,"why":""}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.interaction VALUES (11, 2, 'journey.entered', NULL, NULL, NULL, NULL, 1795374384189814, 1795374384189814, 1795374384189814, NULL, NULL, '{"journey":"back","step":"mark","version":1,"why":""}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'crmkit');
INSERT INTO public.job VALUES ('analytical.value', 1795377987402678, NULL, NULL, 0, NULL, 1795374387402678);
INSERT INTO public.job VALUES ('duplicates', 1795460786415496, NULL, NULL, 0, NULL, 1795374386415496);
INSERT INTO public.job VALUES ('effects', 1795374390767643, NULL, NULL, 0, NULL, 1795374385767643);
INSERT INTO public.job VALUES ('email.note_clicks', 1795374393006638, NULL, NULL, 0, NULL, 1795374388006638);
INSERT INTO public.job VALUES ('email.read_mailbox', 1795377987973273, NULL, NULL, 0, NULL, 1795374387973273);
INSERT INTO public.job VALUES ('email.read_maildir', 1795374447905292, NULL, NULL, 0, NULL, 1795374387905292);
INSERT INTO public.job VALUES ('goals', 1795460783398751, NULL, NULL, 0, NULL, 1795374383398751);
INSERT INTO public.job VALUES ('incoming', 1795460787100514, NULL, NULL, 0, NULL, 1795374387100514);
INSERT INTO public.job VALUES ('operational.case_clocks', 1795374447188716, NULL, NULL, 0, NULL, 1795374387188716);
INSERT INTO public.job VALUES ('operational.expire_quotes', 1795377987140015, NULL, NULL, 0, NULL, 1795374387140015);
INSERT INTO public.job VALUES ('operational.points', 1795377987240623, NULL, NULL, 0, NULL, 1795374387240623);
INSERT INTO public.job VALUES ('operational.tiers', 1795377987289471, NULL, NULL, 0, NULL, 1795374387289471);
INSERT INTO public.job VALUES ('retention', 1795460785909950, NULL, NULL, 0, NULL, 1795374385909950);
INSERT INTO public.job VALUES ('rules', 1795374385762049, NULL, NULL, 0, NULL, 1795374385762049);
INSERT INTO public.job VALUES ('scrub', 1795374445816051, NULL, NULL, 0, NULL, 1795374385816051);
INSERT INTO public.job VALUES ('segments', 1795460777157780, NULL, NULL, 0, NULL, 1795374377157780);
INSERT INTO public.job VALUES ('traits', 1795377982054824, NULL, NULL, 0, NULL, 1795374382054824);
INSERT INTO public.merge VALUES (1, 1, 3, '01a204a2-84f2-70a9-bd0c-710084ee9be1', 2, '01a204a2-564d-715a-b90f-7d361972ab88', 'merged');
INSERT INTO public.merge_moved VALUES (1, 1, 'contact_point', 'customer_id', 4, 3, 2);
INSERT INTO public.merge_moved VALUES (2, 1, 'change', 'customer_id', 6, 3, 2);
INSERT INTO public.merge_removed VALUES (1, 1, 'customer', 3, 2, '{"id":3,"uid":"01a204a2-84f2-70a9-bd0c-710084ee9be1","is_organization":0,"name":"J. Wilk","given_name":"","family_name":"","fold":"j wilk j wilk example org","lifecycle":"prospect","customer_type":null,"owner_id":null,"locale":null,"timezone":null,"preferred_channel":null,"preferred_time":null,"archived_at":null,"version":1,"created_at":1795374089458006,"source":"","restricted_at":null}');
INSERT INTO public.merge_run VALUES (1, 1795374273448937, 'crmkit', '', 1, 'merged', NULL);
INSERT INTO public.merge_value VALUES (1, 1, 'contact_point', 'is_primary', 4, 'replaced', '1', '0');
INSERT INTO public.merge_value VALUES (2, 1, 'customer', 'fold', 2, 'replaced', '"jan wilk jan example org 48512000001 512000001"', '"jan wilk jan example org 48512000001 512000001 j wilk example org"');
INSERT INTO public.merge_value VALUES (3, 1, '', '', 0, 'marks', NULL, '{"access":0,"campaign_journey_person":0,"campaign_recipient":0,"change":16,"consent":2,"contact_point":6,"customer_alias":3,"customer_choice":0,"customer_field":1,"customer_tag":1,"decision":0,"duplicate":0,"effect":0,"email_hit":0,"identity":0,"interaction":9,"legal_hold":0,"operational_case":1,"operational_coupon":1,"operational_deal":1,"operational_deal_contact":0,"operational_lead":0,"operational_points_entry":10,"operational_quote":1,"operational_quote_line":0,"operational_task":1,"operational_tier":0,"plan_act":0,"preference":0,"privacy_request":0,"relationship":0,"review":0,"segment_stay":0,"trait_value":0}');
INSERT INTO public.message_template VALUES (1, 'spring', 1, 'f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568', '{"": {"html": null, "subject": "Spring", "text": "Dear {{ customer.name }},\n\nnew bread."}}', 1795374339627321);
INSERT INTO public.observer VALUES (1, 'operational', 'after_customers_changed', 22, 0, NULL, NULL, NULL);
INSERT INTO public.observer VALUES (2, 'operational', 'after_interactions_recorded', 11, 0, NULL, NULL, NULL);
INSERT INTO public.operational_case VALUES (1, 5, NULL, 'new', 'Too dark', 'too dark', 1, 1795374208015255, 1795374208015255, NULL, 'Too dark', NULL, 'normal', NULL, NULL, NULL, NULL, NULL, 1795374208015255, 1795435200000000, 1795536000000000, NULL, NULL, NULL, NULL, 1795435200000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.operational_coupon VALUES (1, 1, 'UUUW-Q8KH-KGVM', 'loaf', 1795374136633092, NULL, NULL, NULL, 'stamps.bread:1:full:3:0', NULL);
INSERT INTO public.operational_deal VALUES (1, 2, NULL, 'new', 'Ovens', 'ovens', 1, 1795374218473508, 1795374218473508, NULL, 'Ovens', NULL, NULL, NULL, NULL, 10, 'pipeline', 'sales', NULL, NULL, NULL, NULL, NULL, '2026-11-22', 1795374218473508);
INSERT INTO public.operational_points_entry VALUES (1, 1, 'bread', 'customer', 1, 'earned', 'stamps.bread', 1, 'stamps.bread:1', 1795374122970674, 1795374122970674, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (2, 1, 'bread', 'issued', -1, 'earned', 'stamps.bread', 1, 'stamps.bread:1', 1795374122970674, 1795374122970674, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (3, 1, 'bread', 'customer', 1, 'earned', 'stamps.bread', 2, 'stamps.bread:2', 1795374129524649, 1795374129524649, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (4, 1, 'bread', 'issued', -1, 'earned', 'stamps.bread', 2, 'stamps.bread:2', 1795374129524649, 1795374129524649, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (5, 1, 'bread', 'customer', 1, 'earned', 'stamps.bread', 3, 'stamps.bread:3', 1795374136633092, 1795374136633092, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (6, 1, 'bread', 'issued', -1, 'earned', 'stamps.bread', 3, 'stamps.bread:3', 1795374136633092, 1795374136633092, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (7, 1, 'bread', 'customer', -3, 'spent', 'stamps.bread', NULL, 'stamps.bread:1:full:3:0', 1795374136633092, 1795374136633092, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (8, 1, 'bread', 'spent', 3, 'spent', 'stamps.bread', NULL, 'stamps.bread:1:full:3:0', 1795374136633092, 1795374136633092, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (9, 2, 'bread', 'customer', 1, 'earned', 'stamps.bread', 5, 'stamps.bread:5', 1795374144250672, 1795374144250672, NULL, NULL, NULL);
INSERT INTO public.operational_points_entry VALUES (10, 2, 'bread', 'issued', -1, 'earned', 'stamps.bread', 5, 'stamps.bread:5', 1795374144250672, 1795374144250672, NULL, NULL, NULL);
INSERT INTO public.operational_price VALUES (1, 1, 'standard', 'PLN', '0', 1200, '2026-11-22', NULL);
INSERT INTO public.operational_product VALUES (1, 'LOAF', 'Loaf', '', '0', 1795374230524861, 1795374230524861, NULL);
INSERT INTO public.operational_quote VALUES (1, 2, NULL, 'draft', '', '', 1, 1795374257577403, 1795374257577403, NULL, NULL, NULL, 'PLN', NULL, NULL, 'net', 0, 0, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.operational_schema_version VALUES ('operational_loyalty');
INSERT INTO public.operational_task VALUES (1, 1, NULL, 'open', 'Call back', 'call back', 1, 1795374199396655, 1795374199396655, NULL, 'Call back', '2030-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.ownership VALUES ('access', 'core', '{"table": "access", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "action", "what", "customer_id", "customers", "detail"], "types": {"id": "integer", "at": "integer", "actor": "text", "action": "text", "what": "text", "customer_id": "integer", "customers": "integer", "detail": "text"}, "nullable": ["customer_id"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('address_strike', 'core', '{"table": "address_strike", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "keyed hashes, from which no address can be read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "digest", "score", "at"], "types": {"id": "integer", "kind": "text", "digest": "text", "score": "integer", "at": "integer"}, "nullable": [], "unique": [{"columns": ["digest"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('analytical_fit', 'analytical', '{"table": "analytical_fit", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "parameters of models fitted to everybody''s purchases", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "as_of", "model", "unit", "status", "reason", "customers", "params", "standard_errors", "log_likelihood"], "types": {"id": "integer", "at": "integer", "as_of": "integer", "model": "text", "unit": "text", "status": "text", "reason": "text", "customers": "integer", "params": "text", "standard_errors": "text", "log_likelihood": "text"}, "nullable": ["log_likelihood"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('campaign_journey', 'campaign', '{"table": "campaign_journey", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "which journeys run", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "state", "version", "started_at", "started_by", "seen_seq", "seen_change", "taken_in_for"], "types": {"id": "integer", "name": "text", "state": "text", "version": "integer", "started_at": "integer", "started_by": "text", "seen_seq": "integer", "seen_change": "integer", "taken_in_for": "integer"}, "nullable": ["taken_in_for"], "unique": [{"columns": ["name"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('campaign_journey_person', 'campaign', '{"table": "campaign_journey_person", "key": ["id"], "ownership": {"conflict": {"keep": "newest:entered_at", "combine": {"entries": "sum"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"why": {"of": null, "blank": null}, "left_out": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "journey", "version", "customer_id", "occasion", "step", "since", "arrived_at", "due_at", "state", "why", "left_out", "entered_at", "ended_at", "entries"], "types": {"id": "integer", "journey": "text", "version": "integer", "customer_id": "integer", "occasion": "text", "step": "text", "since": "integer", "arrived_at": "integer", "due_at": "integer", "state": "text", "why": "text", "left_out": "text", "entered_at": "integer", "ended_at": "integer", "entries": "integer"}, "nullable": ["due_at", "why", "left_out", "ended_at"], "unique": [{"columns": ["journey", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('campaign_journey_version', 'campaign', '{"table": "campaign_journey_version", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what journeys say", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "journey", "number", "digest", "content", "at"], "types": {"id": "integer", "journey": "text", "number": "integer", "digest": "text", "content": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["journey", "number"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('campaign_recipient', 'campaign', '{"table": "campaign_recipient", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "run_id", "occasion", "customer_id", "due_at", "gate", "reason"], "types": {"id": "integer", "run_id": "integer", "occasion": "text", "customer_id": "integer", "due_at": "integer", "gate": "text", "reason": "text"}, "nullable": ["customer_id", "gate", "reason"], "unique": [{"columns": ["run_id", "occasion", "customer_id"], "where": null}], "refers": {"customer_id": "customer", "run_id": "campaign_run"}}');
INSERT INTO public.ownership VALUES ('campaign_run', 'campaign', '{"table": "campaign_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what was to be sent, and when; to whom stands in its recipients", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "campaign", "number", "kind", "state", "rehearsed", "said", "digest", "max_audience", "confirmed_at", "confirmed_by", "looked_at", "looked_seq", "held", "allowed", "finished_at"], "types": {"id": "integer", "campaign": "text", "number": "integer", "kind": "text", "state": "text", "rehearsed": "integer", "said": "text", "digest": "text", "max_audience": "integer", "confirmed_at": "integer", "confirmed_by": "text", "looked_at": "integer", "looked_seq": "integer", "held": "text", "allowed": "integer", "finished_at": "integer"}, "nullable": ["max_audience", "held", "allowed", "finished_at"], "unique": [{"columns": ["campaign", "number"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('change', 'core', '{"table": "change", "key": ["seq"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"old": {"of": null, "blank": null}, "new": {"of": null, "blank": null}, "salt": {"of": null, "blank": null}}, "employees": {}, "columns": ["seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source", "origin", "salt", "digest", "hash"], "types": {"seq": "integer", "at": "integer", "actor": "text", "action": "text", "entity": "text", "entity_id": "integer", "customer_id": "integer", "field": "text", "old": "text", "new": "text", "source": "text", "origin": "text", "salt": "text", "digest": "text", "hash": "text"}, "nullable": ["customer_id", "old", "new", "salt"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('consent', 'core', '{"table": "consent", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"source": {"of": null, "blank": null}, "evidence": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence", "actor"], "types": {"id": "integer", "customer_id": "integer", "purpose": "text", "channel": "text", "state": "text", "at": "integer", "source": "text", "wording_version": "integer", "evidence": "text", "actor": "text"}, "nullable": ["wording_version"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('import_batch', 'core', '{"table": "import_batch", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "run_id", "position", "first_seq", "last_seq", "first_change", "last_change"], "types": {"id": "integer", "run_id": "integer", "position": "integer", "first_seq": "integer", "last_seq": "integer", "first_change": "integer", "last_change": "integer"}, "nullable": ["first_seq", "last_seq", "first_change", "last_change"], "unique": [], "refers": {"run_id": "import_run"}}');
INSERT INTO public.ownership VALUES ('contact_point', 'core', '{"table": "contact_point", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"verified_at": "min"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}, "normalised": {"of": null, "blank": null}, "street": {"of": null, "blank": null}, "city": {"of": null, "blank": null}, "postcode": {"of": null, "blank": null}, "region": {"of": null, "blank": null}, "country": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "kind", "label", "value", "normalised", "is_primary", "verified_at", "street", "city", "postcode", "region", "country"], "types": {"id": "integer", "customer_id": "integer", "kind": "text", "label": "text", "value": "text", "normalised": "text", "is_primary": "integer", "verified_at": "integer", "street": "text", "city": "text", "postcode": "text", "region": "text", "country": "text"}, "nullable": ["verified_at", "street", "city", "postcode", "region", "country"], "unique": [{"columns": ["customer_id", "kind", "normalised"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('customer', 'core', '{"table": "customer", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": ["name", "given_name", "family_name", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "restricted_at"]}, "links": {}, "personal": {"name": {"of": null, "blank": ""}, "given_name": {"of": null, "blank": ""}, "family_name": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "locale": {"of": null, "blank": null}, "timezone": {"of": null, "blank": null}, "preferred_channel": {"of": null, "blank": null}, "preferred_time": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "uid", "is_organization", "name", "given_name", "family_name", "fold", "lifecycle", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "version", "created_at", "source", "restricted_at"], "types": {"id": "integer", "uid": "text", "is_organization": "integer", "name": "text", "given_name": "text", "family_name": "text", "fold": "text", "lifecycle": "text", "customer_type": "text", "owner_id": "integer", "locale": "text", "timezone": "text", "preferred_channel": "text", "preferred_time": "text", "archived_at": "integer", "version": "integer", "created_at": "integer", "source": "text", "restricted_at": "integer"}, "nullable": ["customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "restricted_at"], "unique": [{"columns": ["uid"], "where": null}], "refers": {"owner_id": "employee"}}');
INSERT INTO public.ownership VALUES ('customer_alias', 'core', '{"table": "customer_alias", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "uid", "customer_id"], "types": {"id": "integer", "uid": "text", "customer_id": "integer"}, "nullable": [], "unique": [{"columns": ["uid"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('customer_choice', 'core', '{"table": "customer_choice", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "field", "value"], "types": {"id": "integer", "customer_id": "integer", "field": "text", "value": "text"}, "nullable": [], "unique": [{"columns": ["customer_id", "field", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('customer_field', 'core', '{"table": "customer_field", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"*": "first_non_null"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"birthday": {"of": null, "blank": null}, "bread": {"of": null, "blank": null}, "lead_source": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "birthday", "bread", "lead_source"], "types": {"id": "integer", "customer_id": "integer", "birthday": "text", "bread": "text", "lead_source": "text"}, "nullable": ["birthday", "bread", "lead_source"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('customer_tag', 'core', '{"table": "customer_tag", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"tag": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "tag"], "types": {"id": "integer", "customer_id": "integer", "tag": "text"}, "nullable": [], "unique": [{"columns": ["tag", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('decision', 'core', '{"table": "decision", "key": ["id"], "ownership": {"conflict": {"keep": "newest:at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "origin", "step", "customer_id", "gate", "reason", "plan_id", "at"], "types": {"id": "integer", "origin": "text", "step": "text", "customer_id": "integer", "gate": "text", "reason": "text", "plan_id": "integer", "at": "integer"}, "nullable": [], "unique": [{"columns": ["origin", "step", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('duplicate', 'core', '{"table": "duplicate", "key": ["id"], "ownership": {"conflict": {"keep": "newest:settled_at", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "other_id", "score", "reasons", "state", "found_at", "settled_at", "actor"], "types": {"id": "integer", "customer_id": "integer", "other_id": "integer", "score": "integer", "reasons": "text", "state": "text", "found_at": "integer", "settled_at": "integer", "actor": "text"}, "nullable": ["settled_at"], "unique": [{"columns": ["customer_id", "other_id"], "where": null}], "refers": {"customer_id": "customer", "other_id": "customer"}}');
INSERT INTO public.ownership VALUES ('edit_run', 'core', '{"table": "edit_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what was edited in bulk, without values", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "what", "customers", "log_position", "state", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "what": "text", "customers": "integer", "log_position": "integer", "state": "text", "undone_at": "integer"}, "nullable": ["undone_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('observer', 'core', '{"table": "observer", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "plugin", "hook", "position", "failures", "retry_at", "quarantined_at", "error"], "types": {"id": "integer", "plugin": "text", "hook": "text", "position": "integer", "failures": "integer", "retry_at": "integer", "quarantined_at": "integer", "error": "text"}, "nullable": ["retry_at", "quarantined_at", "error"], "unique": [{"columns": ["plugin", "hook"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('effect', 'core', '{"table": "effect", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"params": {"of": null, "blank": "{}"}, "reason": {"of": null, "blank": null}, "result": {"of": null, "blank": null}, "recipient": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "params", "state", "reason", "result", "actor", "created_at", "settled_at", "undone_at", "channel", "purpose", "contact_at", "recipient", "due_at", "attempts", "give_up_at", "lease_until", "token", "rehearsed", "arm"], "types": {"id": "integer", "origin": "text", "step": "text", "occasion": "text", "customer_id": "integer", "plan_id": "integer", "action": "text", "params": "text", "state": "text", "reason": "text", "result": "text", "actor": "text", "created_at": "integer", "settled_at": "integer", "undone_at": "integer", "channel": "text", "purpose": "text", "contact_at": "integer", "recipient": "text", "due_at": "integer", "attempts": "integer", "give_up_at": "integer", "lease_until": "integer", "token": "integer", "rehearsed": "integer", "arm": "text"}, "nullable": ["customer_id", "plan_id", "reason", "result", "settled_at", "undone_at", "channel", "purpose", "contact_at", "recipient", "due_at", "give_up_at", "lease_until", "arm"], "unique": [{"columns": ["origin", "step", "occasion", "customer_id", "rehearsed"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('email_folder', 'email', '{"table": "email_folder", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "how far each folder of the mail server has been read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "account", "folder", "uid_validity", "last_uid", "read_at", "failed_at", "error"], "types": {"id": "integer", "account": "text", "folder": "text", "uid_validity": "integer", "last_uid": "integer", "read_at": "integer", "failed_at": "integer", "error": "text"}, "nullable": ["read_at", "failed_at", "error"], "unique": [{"columns": ["account", "folder"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('email_hit', 'email', '{"table": "email_hit", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "effect", "link_id", "at", "machine", "noted_at"], "types": {"id": "integer", "customer_id": "integer", "effect": "integer", "link_id": "integer", "at": "integer", "machine": "text", "noted_at": "integer"}, "nullable": ["link_id", "noted_at"], "unique": [], "refers": {"customer_id": "customer", "link_id": "email_link"}}');
INSERT INTO public.ownership VALUES ('email_link', 'email', '{"table": "email_link", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "Addresses that templates have for everybody alike", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "url", "digest"], "types": {"id": "integer", "url": "text", "digest": "text"}, "nullable": [], "unique": [{"columns": ["digest"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('email_parked', 'email', '{"table": "email_parked", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "where messages lie that could not be read; nothing that is in them", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "place", "key", "reason", "at", "tries"], "types": {"id": "integer", "place": "text", "key": "text", "reason": "text", "at": "integer", "tries": "integer"}, "nullable": [], "unique": [{"columns": ["place", "key"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('email_preflight', 'email', '{"table": "email_preflight", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "The business''s own domain and settings", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "domain", "errors", "warnings", "unknown", "names"], "types": {"id": "integer", "at": "integer", "domain": "text", "errors": "integer", "warnings": "integer", "unknown": "integer", "names": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('employee', 'core', '{"table": "employee", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "uid", "name", "fold", "email", "role", "active", "created_at"], "types": {"id": "integer", "uid": "text", "name": "text", "fold": "text", "email": "text", "role": "text", "active": "integer", "created_at": "integer"}, "nullable": ["email"], "unique": [{"columns": ["email"], "where": null}, {"columns": ["uid"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('erasure', 'core', '{"table": "erasure", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "uids of erased customers, which name nobody", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "uid", "at", "actor", "request_id", "counts", "state", "scrubbed_at"], "types": {"id": "integer", "uid": "text", "at": "integer", "actor": "text", "request_id": "integer", "counts": "text", "state": "text", "scrubbed_at": "integer"}, "nullable": ["request_id", "scrubbed_at"], "unique": [{"columns": ["uid"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('exchange_rate', 'core', '{"table": "exchange_rate", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what currencies are worth", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "currency", "base", "valid_from", "mantissa", "exponent", "source"], "types": {"id": "integer", "currency": "text", "base": "text", "valid_from": "text", "mantissa": "integer", "exponent": "integer", "source": "text"}, "nullable": [], "unique": [{"columns": ["currency", "base", "valid_from"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('goal_course', 'core', '{"table": "goal_course", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "numbers over many customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "goal", "asked", "starts_on", "ends_on", "numerator", "denominator", "at"], "types": {"id": "integer", "goal": "text", "asked": "text", "starts_on": "text", "ends_on": "text", "numerator": "integer", "denominator": "integer", "at": "integer"}, "nullable": ["denominator"], "unique": [{"columns": ["goal", "asked", "starts_on"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('hold_on', 'core', '{"table": "hold_on", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is paused", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "name", "at", "until", "actor"], "types": {"id": "integer", "kind": "text", "name": "text", "at": "integer", "until": "integer", "actor": "text"}, "nullable": ["until"], "unique": [{"columns": ["kind", "name"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('identity', 'core', '{"table": "identity", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "scheme", "value"], "types": {"id": "integer", "customer_id": "integer", "scheme": "text", "value": "text"}, "nullable": [], "unique": [{"columns": ["scheme", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('import_run', 'core', '{"table": "import_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "file", "digest", "mapping", "position", "counts", "state", "started_at", "finished_at", "actor", "rejects_file", "undone_at"], "types": {"id": "integer", "kind": "text", "file": "text", "digest": "text", "mapping": "text", "position": "integer", "counts": "text", "state": "text", "started_at": "integer", "finished_at": "integer", "actor": "text", "rejects_file": "text", "undone_at": "integer"}, "nullable": ["finished_at", "rejects_file", "undone_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('incoming', 'core', '{"table": "incoming", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what this installation notes of its own work", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "message_id", "at", "run_id", "error"], "types": {"id": "integer", "name": "text", "message_id": "text", "at": "integer", "run_id": "integer", "error": "text"}, "nullable": ["run_id", "error"], "unique": [{"columns": ["name", "message_id"], "where": null}], "refers": {"run_id": "import_run"}}');
INSERT INTO public.ownership VALUES ('interaction', 'core', '{"table": "interaction", "key": ["seq"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"payload": {"of": null, "blank": "{}"}, "source_ref": {"of": null, "blank": null}}, "employees": {}, "columns": ["seq", "customer_id", "type", "channel", "direction", "employee_id", "outlet", "occurred_at", "recorded_at", "known_at", "amount", "currency", "payload", "payload_version", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id", "actor"], "types": {"seq": "integer", "customer_id": "integer", "type": "text", "channel": "text", "direction": "text", "employee_id": "integer", "outlet": "text", "occurred_at": "integer", "recorded_at": "integer", "known_at": "integer", "amount": "integer", "currency": "text", "payload": "text", "payload_version": "integer", "source": "text", "source_ref": "text", "corrects": "integer", "superseded_by": "integer", "identity_id": "integer", "contact_point_id": "integer", "actor": "text"}, "nullable": ["customer_id", "channel", "direction", "employee_id", "outlet", "amount", "currency", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id"], "unique": [{"columns": ["source", "source_ref"], "where": "source_ref IS NOT NULL"}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('job', 'core', '{"table": "job", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "due_at", "lease_until", "lease_token", "failures", "error", "finished_at"], "types": {"name": "text", "due_at": "integer", "lease_until": "integer", "lease_token": "text", "failures": "integer", "error": "text", "finished_at": "integer"}, "nullable": ["lease_until", "lease_token", "error", "finished_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('legal_hold', 'core', '{"table": "legal_hold", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "reason", "since", "until", "lifted_at", "actor"], "types": {"id": "integer", "customer_id": "integer", "reason": "text", "since": "integer", "until": "text", "lifted_at": "integer", "actor": "text"}, "nullable": ["until", "lifted_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('merge', 'core', '{"table": "merge", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "run_id", "loser_id", "loser_uid", "survivor_id", "survivor_uid", "state"], "types": {"id": "integer", "run_id": "integer", "loser_id": "integer", "loser_uid": "text", "survivor_id": "integer", "survivor_uid": "text", "state": "text"}, "nullable": [], "unique": [], "refers": {"run_id": "merge_run"}}');
INSERT INTO public.ownership VALUES ('merge_moved', 'core', '{"table": "merge_moved", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "column_name", "row_id", "old_id", "new_id"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "column_name": "text", "row_id": "integer", "old_id": "integer", "new_id": "integer"}, "nullable": [], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO public.ownership VALUES ('merge_removed', 'core', '{"table": "merge_removed", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "row_id", "winner_id", "image"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "row_id": "integer", "winner_id": "integer", "image": "text"}, "nullable": ["winner_id", "image"], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO public.ownership VALUES ('merge_run', 'core', '{"table": "merge_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "source", "pairs", "state", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "source": "text", "pairs": "integer", "state": "text", "undone_at": "integer"}, "nullable": ["undone_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('merge_value', 'core', '{"table": "merge_value", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "column_name", "row_id", "how", "old", "new"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "column_name": "text", "row_id": "integer", "how": "text", "old": "text", "new": "text"}, "nullable": ["old", "new"], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO public.ownership VALUES ('message_template', 'core', '{"table": "message_template", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "texts for everybody", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "version", "digest", "content", "at"], "types": {"id": "integer", "name": "text", "version": "integer", "digest": "text", "content": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["name", "digest"], "where": null}, {"columns": ["name", "version"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('numbering', 'core', '{"table": "numbering", "key": ["series"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["series", "last"], "types": {"series": "text", "last": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('operational_case', 'operational', '{"table": "operational_case", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "text": {"of": null, "blank": null}, "satisfaction": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "subject", "text", "priority", "channel", "satisfaction", "parent", "merged_into", "routed_by", "opened_at", "respond_by", "resolve_by", "responded_at", "resolved_at", "paused_since", "escalated_at", "next_at", "response_minutes", "resolution_minutes", "paused", "reopened", "overdue"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "subject": "text", "text": "text", "priority": "text", "channel": "text", "satisfaction": "integer", "parent": "text", "merged_into": "text", "routed_by": "text", "opened_at": "integer", "respond_by": "integer", "resolve_by": "integer", "responded_at": "integer", "resolved_at": "integer", "paused_since": "integer", "escalated_at": "integer", "next_at": "integer", "response_minutes": "integer", "resolution_minutes": "integer", "paused": "integer", "reopened": "integer", "overdue": "text"}, "nullable": ["employee_id", "state", "archived_at", "subject", "text", "priority", "channel", "satisfaction", "parent", "merged_into", "routed_by", "opened_at", "respond_by", "resolve_by", "responded_at", "resolved_at", "paused_since", "escalated_at", "next_at", "response_minutes", "resolution_minutes", "paused", "reopened", "overdue"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_coupon', 'operational', '{"table": "operational_coupon", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"code": {"of": null, "blank": null}, "because_of": {"of": null, "blank": null}}, "employees": {"employee_id": {"handover": "keep", "until": null, "reason": "who did it stays on record"}}, "columns": ["id", "customer_id", "code", "reward", "issued_at", "valid_until", "redeemed_at", "voided_at", "because_of", "employee_id"], "types": {"id": "integer", "customer_id": "integer", "code": "text", "reward": "text", "issued_at": "integer", "valid_until": "integer", "redeemed_at": "integer", "voided_at": "integer", "because_of": "text", "employee_id": "integer"}, "nullable": ["valid_until", "redeemed_at", "voided_at", "because_of", "employee_id"], "unique": [{"columns": ["because_of"], "where": null}, {"columns": ["code"], "where": null}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_deal', 'operational', '{"table": "operational_deal", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "name": {"of": null, "blank": null}, "value": {"of": null, "blank": null}, "close_on": {"of": null, "blank": null}, "next_step": {"of": null, "blank": null}, "next_on": {"of": null, "blank": null}, "amount": {"of": null, "blank": null}, "currency": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "name", "value", "close_on", "next_step", "next_on", "probability", "commitment", "pipeline", "product_family", "source", "lost_reason", "amount", "currency", "opened_on", "stage_since"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "name": "text", "value": "integer", "close_on": "text", "next_step": "text", "next_on": "text", "probability": "integer", "commitment": "text", "pipeline": "text", "product_family": "text", "source": "text", "lost_reason": "text", "amount": "integer", "currency": "text", "opened_on": "text", "stage_since": "integer"}, "nullable": ["employee_id", "state", "archived_at", "name", "value", "close_on", "next_step", "next_on", "probability", "commitment", "pipeline", "product_family", "source", "lost_reason", "amount", "currency", "opened_on", "stage_since"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_deal_contact', 'operational', '{"table": "operational_deal_contact", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "deal_id", "customer_id", "role", "created_at"], "types": {"id": "integer", "deal_id": "integer", "customer_id": "integer", "role": "text", "created_at": "integer"}, "nullable": [], "unique": [{"columns": ["deal_id", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('operational_lead', 'operational', '{"table": "operational_lead", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"*": "first_non_null"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"need": {"of": null, "blank": null}, "budget": {"of": null, "blank": null}, "authority": {"of": null, "blank": null}, "timeframe": {"of": null, "blank": null}}, "employees": {"assigned_to": {"handover": "keep", "until": null, "reason": "It says whose turn it was; whose lead it is now, the customer''s owner says"}}, "columns": ["id", "customer_id", "need", "budget", "authority", "timeframe", "qualified_at", "rule", "assigned_to", "assigned_at", "deal", "converted_at", "lost_reason", "lost_at"], "types": {"id": "integer", "customer_id": "integer", "need": "text", "budget": "integer", "authority": "text", "timeframe": "text", "qualified_at": "integer", "rule": "text", "assigned_to": "integer", "assigned_at": "integer", "deal": "text", "converted_at": "integer", "lost_reason": "text", "lost_at": "integer"}, "nullable": ["need", "budget", "authority", "timeframe", "qualified_at", "rule", "assigned_to", "assigned_at", "deal", "converted_at", "lost_reason", "lost_at"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"assigned_to": "employee", "customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('operational_points_entry', 'operational', '{"table": "operational_points_entry", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"because_of": {"of": null, "blank": null}, "note": {"of": null, "blank": null}}, "employees": {"employee_id": {"handover": "keep", "until": null, "reason": "who did it stays on record"}}, "columns": ["id", "customer_id", "card", "account", "points", "kind", "rule", "about", "because_of", "at", "known_at", "expires_at", "note", "employee_id"], "types": {"id": "integer", "customer_id": "integer", "card": "text", "account": "text", "points": "integer", "kind": "text", "rule": "text", "about": "integer", "because_of": "text", "at": "integer", "known_at": "integer", "expires_at": "integer", "note": "text", "employee_id": "integer"}, "nullable": ["customer_id", "rule", "about", "because_of", "expires_at", "note", "employee_id"], "unique": [{"columns": ["because_of", "account"], "where": null}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_price', 'operational', '{"table": "operational_price", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is asked for a product, whoever buys it", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "product_id", "price_list", "currency", "from_quantity", "amount", "valid_from", "valid_until"], "types": {"id": "integer", "product_id": "integer", "price_list": "text", "currency": "text", "from_quantity": "text", "amount": "integer", "valid_from": "text", "valid_until": "text"}, "nullable": ["valid_until"], "unique": [{"columns": ["product_id", "price_list", "currency", "from_quantity", "valid_from"], "where": null}], "refers": {"product_id": "operational_product"}}');
INSERT INTO public.ownership VALUES ('operational_product', 'operational', '{"table": "operational_product", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is sold, whoever buys it", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "sku", "name", "unit", "tax_rate", "created_at", "updated_at", "archived_at"], "types": {"id": "integer", "sku": "text", "name": "text", "unit": "text", "tax_rate": "text", "created_at": "integer", "updated_at": "integer", "archived_at": "integer"}, "nullable": ["archived_at"], "unique": [{"columns": ["sku"], "where": null}], "refers": {}}');
INSERT INTO public.ownership VALUES ('operational_quote', 'operational', '{"table": "operational_quote", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "decline_reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "number", "subject", "currency", "valid_until", "discount", "prices", "total_net", "total_tax", "total_gross", "deal", "sent_at", "accepted_at", "decline_reason", "version_of"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "number": "text", "subject": "text", "currency": "text", "valid_until": "text", "discount": "integer", "prices": "text", "total_net": "integer", "total_tax": "integer", "total_gross": "integer", "deal": "text", "sent_at": "integer", "accepted_at": "integer", "decline_reason": "text", "version_of": "text"}, "nullable": ["employee_id", "state", "archived_at", "number", "subject", "currency", "valid_until", "discount", "prices", "total_net", "total_tax", "total_gross", "deal", "sent_at", "accepted_at", "decline_reason", "version_of"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_quote_line', 'operational', '{"table": "operational_quote_line", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "quote_id", "position", "sku", "name", "unit", "quantity", "currency", "unit_price", "discount", "tax_rate", "net", "tax"], "types": {"id": "integer", "customer_id": "integer", "quote_id": "integer", "position": "integer", "sku": "text", "name": "text", "unit": "text", "quantity": "text", "currency": "text", "unit_price": "integer", "discount": "text", "tax_rate": "text", "net": "integer", "tax": "integer"}, "nullable": [], "unique": [{"columns": ["quote_id", "position"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('operational_task', 'operational', '{"table": "operational_task", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "notes": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "subject", "due", "due_time", "remind_at", "repeat", "team", "priority", "notes", "done_at", "because_of"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "subject": "text", "due": "text", "due_time": "text", "remind_at": "integer", "repeat": "text", "team": "text", "priority": "text", "notes": "text", "done_at": "integer", "because_of": "text"}, "nullable": ["employee_id", "state", "archived_at", "subject", "due", "due_time", "remind_at", "repeat", "team", "priority", "notes", "done_at", "because_of"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO public.ownership VALUES ('operational_tier', 'operational', '{"table": "operational_tier", "key": ["id"], "ownership": {"conflict": {"keep": "newest:since", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "tier", "since"], "types": {"id": "integer", "customer_id": "integer", "tier": "text", "since": "integer"}, "nullable": ["tier"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('ownership', 'core', '{"table": "ownership", "key": ["table_name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["table_name", "plugin", "contract"], "types": {"table_name": "text", "plugin": "text", "contract": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('plan', 'core', '{"table": "plan", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "rules and counts; whom a plan is about stands in its acts", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "state", "digest", "content", "effective", "counts", "applied_at", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "state": "text", "digest": "text", "content": "text", "effective": "text", "counts": "text", "applied_at": "integer", "undone_at": "integer"}, "nullable": ["applied_at", "undone_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('plan_act', 'core', '{"table": "plan_act", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"params": {"of": null, "blank": null}, "says": {"of": null, "blank": null}, "reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "plan_id", "rule", "step", "occasion", "customer_id", "action", "params", "says", "state", "gate", "reason", "until", "arm"], "types": {"id": "integer", "plan_id": "integer", "rule": "text", "step": "text", "occasion": "text", "customer_id": "integer", "action": "text", "params": "text", "says": "text", "state": "text", "gate": "text", "reason": "text", "until": "integer", "arm": "text"}, "nullable": ["gate", "reason", "until", "arm"], "unique": [], "refers": {"customer_id": "customer", "plan_id": "plan"}}');
INSERT INTO public.ownership VALUES ('plugin', 'core', '{"table": "plugin", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "version", "deciders", "restricts", "tables", "words", "loaded_at"], "types": {"name": "text", "version": "text", "deciders": "text", "restricts": "integer", "tables": "text", "words": "text", "loaded_at": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('preference', 'core', '{"table": "preference", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"origin": "max"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"topic": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "topic", "value", "origin", "source", "at"], "types": {"id": "integer", "customer_id": "integer", "topic": "text", "value": "text", "origin": "text", "source": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["customer_id", "topic", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('privacy_request', 'core', '{"table": "privacy_request", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"note": {"of": null, "blank": ""}, "outcome": {"of": null, "blank": ""}}, "employees": {}, "columns": ["id", "customer_id", "uid", "kind", "received_at", "due_on", "state", "channel", "note", "actor", "settled_at", "outcome"], "types": {"id": "integer", "customer_id": "integer", "uid": "text", "kind": "text", "received_at": "integer", "due_on": "text", "state": "text", "channel": "text", "note": "text", "actor": "text", "settled_at": "integer", "outcome": "text"}, "nullable": ["customer_id", "settled_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('relationship', 'core', '{"table": "relationship", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "other_id", "kind", "since", "until"], "types": {"id": "integer", "customer_id": "integer", "other_id": "integer", "kind": "text", "since": "text", "until": "text"}, "nullable": ["since", "until"], "unique": [{"columns": ["customer_id", "other_id", "kind"], "where": null}], "refers": {"customer_id": "customer", "other_id": "customer"}}');
INSERT INTO public.ownership VALUES ('review', 'core', '{"table": "review", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"item": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "kind", "source", "item", "candidates", "created_at", "settled_at"], "types": {"id": "integer", "customer_id": "integer", "kind": "text", "source": "text", "item": "text", "candidates": "text", "created_at": "integer", "settled_at": "integer"}, "nullable": ["customer_id", "settled_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('rule', 'core', '{"table": "rule", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "rules", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "digest", "proven_at", "planned_at", "planned_seq", "shares", "measured_since", "decided_at"], "types": {"name": "text", "digest": "text", "proven_at": "integer", "planned_at": "integer", "planned_seq": "integer", "shares": "text", "measured_since": "integer", "decided_at": "integer"}, "nullable": ["digest", "proven_at", "planned_at", "planned_seq", "shares", "measured_since", "decided_at"], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('segment_stay', 'core', '{"table": "segment_stay", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"entered_at": "min"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "segment", "customer_id", "entered_at", "left_at"], "types": {"id": "integer", "segment": "text", "customer_id": "integer", "entered_at": "integer", "left_at": "integer"}, "nullable": ["left_at"], "unique": [{"columns": ["segment", "customer_id"], "where": "left_at IS NULL"}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.ownership VALUES ('send_rate', 'core', '{"table": "send_rate", "key": ["channel", "key"], "ownership": {"conflict": null, "self_link": null, "impersonal": "how quickly messages leave", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["channel", "key", "at"], "types": {"channel": "text", "key": "text", "at": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('setting', 'core', '{"table": "setting", "key": ["key"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["key", "value"], "types": {"key": "text", "value": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO public.ownership VALUES ('suppression', 'core', '{"table": "suppression", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "keyed hashes, from which no address can be read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "digest", "purpose", "reason", "scope", "at", "until", "note", "actor", "lifted_at", "lifted_by", "because"], "types": {"id": "integer", "kind": "text", "digest": "text", "purpose": "text", "reason": "text", "scope": "text", "at": "integer", "until": "integer", "note": "text", "actor": "text", "lifted_at": "integer", "lifted_by": "text", "because": "text"}, "nullable": ["until", "lifted_at"], "unique": [{"columns": ["digest", "purpose", "reason"], "where": "lifted_at IS NULL"}], "refers": {}}');
INSERT INTO public.ownership VALUES ('team', 'core', '{"table": "team", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "parent_id"], "types": {"id": "integer", "name": "text", "parent_id": "integer"}, "nullable": ["parent_id"], "unique": [{"columns": ["name"], "where": null}], "refers": {"parent_id": "team"}}');
INSERT INTO public.ownership VALUES ('team_member', 'core', '{"table": "team_member", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "team_id", "employee_id"], "types": {"id": "integer", "team_id": "integer", "employee_id": "integer"}, "nullable": [], "unique": [{"columns": ["team_id", "employee_id"], "where": null}], "refers": {"employee_id": "employee", "team_id": "team"}}');
INSERT INTO public.ownership VALUES ('trait_value', 'core', '{"table": "trait_value", "key": ["id"], "ownership": {"conflict": {"keep": "newest:computed_at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"number": {"of": null, "blank": null}, "text": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "trait", "number", "text", "computed_at"], "types": {"id": "integer", "customer_id": "integer", "trait": "text", "number": "integer", "text": "text", "computed_at": "integer"}, "nullable": ["number", "text"], "unique": [{"columns": ["trait", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO public.plan VALUES (1, 1795374304724093, 'crmkit', 'applied', '2e3d9c35fd929055b884f2e81972002ac5afd64c18aacdeeb7f7aea1075206d6', '503808e965b2880dbd7f2baff7710564792eb9cba50aa82606e8aecc539f04e8', '{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "traits": {}}', '[{"rule": "thanks", "acts": 1, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 1}]', 1795374321423428, NULL);
INSERT INTO public.plan VALUES (2, 1795374384985489, 'crmkit', 'applied', '473e205386b2194a123a2c0ae74a6cf33ef1051450ecb905ca06133461f64fb2', '18ff8d83bac714eb6065433ebc411376245d33da95a130fe2f6906c51f98c665', '{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "sourced": {"campaign:spring": [{"ask_first": false, "control_group": null, "cost": null, "do": [], "doc": "New bread (run 1)", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "", "priority": 0, "run": "", "said": {"purpose": "offers", "send_email": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}, "starts": null, "variants": {}, "wanted": "more", "who": "", "within": null}, {}], "journey:back": [{"ask_first": false, "control_group": null, "cost": null, "do": [{"id": "v1.mark", "only_if": "", "said": {"tag": "journeyed"}, "variants": {}}, {"id": "v1.again", "only_if": "", "said": {"tag": "waited"}, "variants": {}}], "doc": "Come back", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "", "priority": 0, "run": "", "said": {}, "starts": null, "variants": {}, "wanted": "more", "who": "", "within": null}, {}]}, "traits": {}}', '[{"rule": "campaign:spring", "acts": 2, "held": 0, "dropped": {}, "contacts": 2, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}, {"rule": "journey:back", "acts": 2, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}]', 1795374385625950, NULL);
INSERT INTO public.plan VALUES (3, 1795374384985489, 'crmkit', 'nothing to do', '2e3d9c35fd929055b884f2e81972002ac5afd64c18aacdeeb7f7aea1075206d6', 'b0f313a292be75e77517894a2727160adf07c49ebc7596bc838d973ccea83d46', '{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "traits": {}}', '[{"rule": "thanks", "acts": 0, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}]', NULL, NULL);
INSERT INTO public.plan_act VALUES (1, 1, 'thanks', '1', '2026-11-22', 1, 'tag.add', '{"tag": "thanked"}', 'tag thanked', 'entered', 'control group', 'in the control group, which is left alone to compare with', NULL, 'control');
INSERT INTO public.plan_act VALUES (2, 1, 'thanks', '1', '2026-11-22', 2, 'tag.add', '{"tag": "thanked"}', 'tag thanked', 'entered', NULL, NULL, NULL, 'treated');
INSERT INTO public.plan_act VALUES (3, 2, 'campaign:spring', '1', 'run:1', 1, 'message.send', '{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}', 'email "spring"', 'entered', NULL, NULL, NULL, NULL);
INSERT INTO public.plan_act VALUES (4, 2, 'campaign:spring', '1', 'run:1', 2, 'message.send', '{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}', 'email "spring"', 'entered', NULL, NULL, NULL, NULL);
INSERT INTO public.plan_act VALUES (5, 2, 'journey:back', 'v1.mark', '1795374384189814', 1, 'tag.add', '{"tag": "journeyed"}', 'tag journeyed', 'entered', NULL, NULL, NULL, NULL);
INSERT INTO public.plan_act VALUES (6, 2, 'journey:back', 'v1.mark', '1795374384189814', 2, 'tag.add', '{"tag": "journeyed"}', 'tag journeyed', 'entered', NULL, NULL, NULL, NULL);
INSERT INTO public.plugin VALUES ('analytical', '0.1.0', '["before_customers_erased"]', 0, '["analytical_fit", "analytical_schema_version"]', '[["traits", "churn_risk"], ["traits", "clv"], ["traits", "expected_purchases"], ["traits", "frequency"], ["traits", "monetary"], ["traits", "p_alive"], ["traits", "recency"], ["traits", "rfm_segment"], ["metrics", "clv_total"], ["metrics", "movement"], ["metrics", "share"]]', 1795374045231835);
INSERT INTO public.plugin VALUES ('campaign', '0.1.0', '["before_interactions_recorded"]', 0, '["campaign_journey", "campaign_journey_person", "campaign_journey_version", "campaign_run", "campaign_recipient", "campaign_schema_version"]', '[["interaction_types", "campaign.response"], ["interaction_types", "journey.entered"], ["interaction_types", "journey.exited"], ["interaction_types", "journey.step"], ["traits", "engaged"], ["traits", "in_journey"], ["traits", "messages_received"], ["actions", "journey.enter"], ["actions", "journey.exit"], ["metrics", "bounce_rate"], ["metrics", "click_rate"], ["metrics", "click_to_open"], ["metrics", "complaint_rate"], ["metrics", "delivery_rate"], ["metrics", "machine_open_rate"], ["metrics", "open_rate"], ["metrics", "reply_rate"], ["metrics", "revenue_attributed"], ["metrics", "revenue_incremental"], ["metrics", "unsubscribe_rate"]]', 1795374045231835);
INSERT INTO public.plugin VALUES ('collaborative', '0.1.0', '[]', 1, '[]', '[["interaction_types", "review.posted"], ["traits", "rating_last"]]', 1795374045231835);
INSERT INTO public.plugin VALUES ('email', '0.1.0', '["before_customers_saved", "before_customers_erased", "review_proposals"]', 0, '["email_folder", "email_link", "email_parked", "email_preflight", "email_hit", "email_schema_version"]', '[["interaction_types", "email.auto_replied"], ["interaction_types", "email.bounced"], ["interaction_types", "email.clicked"], ["interaction_types", "email.complained"], ["interaction_types", "email.opened"], ["channels", "email"]]', 1795374045231835);
INSERT INTO public.plugin VALUES ('operational', '0.1.0', '["before_records_saved"]', 0, '["operational_coupon", "operational_deal_contact", "operational_lead", "operational_points_entry", "operational_product", "operational_quote_line", "operational_tier", "operational_price", "operational_schema_version"]', '[["fields", "lead_source"], ["record_types", "case"], ["record_types", "deal"], ["record_types", "quote"], ["record_types", "task"], ["interaction_types", "case.closed"], ["interaction_types", "case.opened"], ["interaction_types", "case.overdue"], ["interaction_types", "case.reopened"], ["interaction_types", "case.resolved"], ["interaction_types", "coupon.issued"], ["interaction_types", "coupon.redeemed"], ["interaction_types", "deal.lost"], ["interaction_types", "deal.opened"], ["interaction_types", "deal.won"], ["interaction_types", "lead.converted"], ["interaction_types", "lead.lost"], ["interaction_types", "loyalty.tier"], ["interaction_types", "points.awarded"], ["interaction_types", "points.expired"], ["interaction_types", "points.spent"], ["interaction_types", "quote.accepted"], ["interaction_types", "quote.declined"], ["interaction_types", "quote.expired"], ["interaction_types", "quote.sent"], ["interaction_types", "reward.redeemed"], ["interaction_types", "task.done"], ["traits", "loyalty_points"], ["traits", "oldest_open_case"], ["traits", "open_cases"], ["traits", "open_deals"], ["traits", "open_quotes"], ["traits", "open_tasks"], ["traits", "pipeline_value"], ["traits", "points_expiring"], ["traits", "stamps"], ["actions", "case.open"], ["actions", "case.reopen"], ["actions", "coupon.issue"], ["actions", "deal.create"], ["actions", "deal.move"], ["actions", "lead.assign"], ["actions", "points.award"], ["actions", "task.create"], ["metrics", "backlog"], ["metrics", "first_response_time"], ["metrics", "pipeline"], ["metrics", "points_issued"], ["metrics", "points_liability"], ["metrics", "points_redeemed"], ["metrics", "quota_reached"], ["metrics", "quote_acceptance"], ["metrics", "resolution_time"], ["metrics", "sales_cycle"], ["metrics", "sales_velocity"], ["metrics", "sla_kept"], ["metrics", "tasks_done"], ["metrics", "tasks_done_on_time"], ["metrics", "tasks_overdue"], ["metrics", "win_rate"]]', 1795374045231835);
INSERT INTO public.rule VALUES ('campaign:spring', '8395dda209e4c7d6eaf96f73274bb4b7163f5f4868e83ed02e00791205a0ff5d', 1795374385525592, 1795374384578870, NULL, NULL, NULL, NULL);
INSERT INTO public.rule VALUES ('journey:back', '02fb008452bcd4d55d6e9e54a19cc4a47af47ebd0a0d868c2e4afa0a0dc00e3f', 1795374385525592, 1795374384578870, NULL, NULL, NULL, NULL);
INSERT INTO public.rule VALUES ('thanks', '6154b09adb3c38663e2dbe2d305fc19ed1bb913524d165931f01244e8083f58f', 1795374321210215, 1795374384578870, NULL, '{"control": 0.5, "treated": 0.5}', 1795374321210215, 200);
INSERT INTO public.segment_stay VALUES (1, 'buyers', 1, 1795374376978883, NULL);
INSERT INTO public.segment_stay VALUES (2, 'buyers', 2, 1795374376978883, NULL);
INSERT INTO public.setting VALUES ('duplicates.position', '22');
INSERT INTO public.setting VALUES ('duplicates.rules', '(''rules'', ''99%'', Rules(rules=(Rule(name=''given_name'', compare=''name'', same=6, similar=4, different=-6, field='''', doc=''Given names; a short form or an initial is similar.''), Rule(name=''family_name'', compare=''name'', same=8, similar=5, different=-4, field='''', doc=''Family names; also when both names have changed places.''), Rule(name=''organization'', compare=''name'', same=13, similar=8, different=-10, field='''', doc=''Names of organisations, without their legal form.''), Rule(name=''letters'', compare=''exact'', same=10, similar=0, different=0, field='''', doc=''Names that look the same and are written with other letters.''), Rule(name=''email'', compare=''email'', same=11, similar=6, different=-1, field='''', doc=''E-mail addresses.''), Rule(name=''phone'', compare=''number'', same=10, similar=5, different=-1, field='''', doc=''The last nine digits of phone numbers.''), Rule(name=''street'', compare=''text'', same=7, similar=4, different=-3, field='''', doc=''Streets, without the house number.''), Rule(name=''house_number'', compare=''exact'', same=3, similar=0, different=-1.5, field='''', doc=''House numbers.''), Rule(name=''postcode'', compare=''code'', same=6, similar=2, different=-2, field='''', doc=''Postcodes; with one wrong digit they are similar.''), Rule(name=''city'', compare=''text'', same=4, similar=3, different=-2, field='''', doc=''Towns.''), Rule(name=''region'', compare=''text'', same=1, similar=0.5, different=-1, field='''', doc=''Regions.''), Rule(name=''identity'', compare=''number'', same=8, similar=3, different=0, field='''', doc=''Numbers by which other systems know them.''), Rule(name=''household'', compare=''exact'', same=0, similar=0, different=0, field='''', doc=''Takes back what people who live together share.''), Rule(name=''birthday'', compare=''date'', same=9, similar=6, different=-6, field=''birthday'', doc=''Dates of birth; day and month may be swapped.'')), threshold=16000, sure=24000, blocks=(''email'', ''phone'', ''name'', ''address'', ''number'', ''date'', ''letters''), largest_block=100, most_pairs=1000000, points=((6000, 4000, -6000), (8000, 5000, -4000), (13000, 8000, -10000), (10000, 0, 0), (11000, 6000, -1000), (10000, 5000, -1000), (7000, 4000, -3000), (3000, 0, -1500), (6000, 2000, -2000), (4000, 3000, -2000), (1000, 500, -1000), (8000, 3000, 0), (0, 0, 0), (9000, 6000, -6000))))');
INSERT INTO public.setting VALUES ('fields', '{"birthday": {"name": "birthday", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "bread": {"name": "bread", "type": "choice", "decimals": 0, "choices": ["rye", "wheat"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "lead_source": {"name": "lead_source", "type": "choice", "decimals": 0, "choices": ["referral", "web", "walk-in", "campaign", "event", "partner", "other"], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}}');
INSERT INTO public.setting VALUES ('record_types', '{"case": {"name": "case", "table": "operational_case", "owner": "operational", "states": ["new", "open", "waiting", "resolved", "closed"], "fields": {"subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "text": {"name": "text", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "priority": {"name": "priority", "type": "choice", "decimals": 0, "choices": ["low", "normal", "high", "urgent"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "channel": {"name": "channel", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "satisfaction": {"name": "satisfaction", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "parent": {"name": "parent", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "case", "removed": false}, "merged_into": {"name": "merged_into", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "case", "removed": false}, "routed_by": {"name": "routed_by", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "opened_at": {"name": "opened_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "respond_by": {"name": "respond_by", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolve_by": {"name": "resolve_by", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "responded_at": {"name": "responded_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolved_at": {"name": "resolved_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "paused_since": {"name": "paused_since", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "escalated_at": {"name": "escalated_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "next_at": {"name": "next_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "response_minutes": {"name": "response_minutes", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolution_minutes": {"name": "resolution_minutes", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "paused": {"name": "paused", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "reopened": {"name": "reopened", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "overdue": {"name": "overdue", "type": "choice", "decimals": 0, "choices": ["response", "resolution"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "subject", "removed": false}, "deal": {"name": "deal", "table": "operational_deal", "owner": "operational", "states": ["new", "qualified", "proposal", "negotiation", "won", "lost"], "fields": {"name": {"name": "name", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "value": {"name": "value", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "close_on": {"name": "close_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "next_step": {"name": "next_step", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "next_on": {"name": "next_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "probability": {"name": "probability", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "commitment": {"name": "commitment", "type": "choice", "decimals": 0, "choices": ["pipeline", "best case", "commit"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "pipeline": {"name": "pipeline", "type": "choice", "decimals": 0, "choices": ["sales"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "product_family": {"name": "product_family", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "source": {"name": "source", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "lost_reason": {"name": "lost_reason", "type": "choice", "decimals": 0, "choices": ["price", "competitor", "no decision", "timing", "other"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "amount": {"name": "amount", "type": "number", "decimals": 3, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "currency": {"name": "currency", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "opened_on": {"name": "opened_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "stage_since": {"name": "stage_since", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "name", "removed": false}, "quote": {"name": "quote", "table": "operational_quote", "owner": "operational", "states": ["draft", "sent", "accepted", "declined", "expired", "superseded"], "fields": {"number": {"name": "number", "type": "text", "decimals": 0, "choices": [], "unique": true, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "currency": {"name": "currency", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "valid_until": {"name": "valid_until", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "discount": {"name": "discount", "type": "number", "decimals": 4, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "prices": {"name": "prices", "type": "choice", "decimals": 0, "choices": ["net", "gross"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_net": {"name": "total_net", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_tax": {"name": "total_tax", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_gross": {"name": "total_gross", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "deal": {"name": "deal", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "sent_at": {"name": "sent_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "accepted_at": {"name": "accepted_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "decline_reason": {"name": "decline_reason", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "version_of": {"name": "version_of", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "quote", "removed": false}}, "title": "{number} {subject}", "removed": false}, "task": {"name": "task", "table": "operational_task", "owner": "operational", "states": ["open", "done", "dropped"], "fields": {"subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "due": {"name": "due", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "due_time": {"name": "due_time", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "remind_at": {"name": "remind_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "repeat": {"name": "repeat", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "team": {"name": "team", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "priority": {"name": "priority", "type": "choice", "decimals": 0, "choices": ["low", "normal", "high", "urgent"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "notes": {"name": "notes", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "done_at": {"name": "done_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "because_of": {"name": "because_of", "type": "text", "decimals": 0, "choices": [], "unique": true, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "subject", "removed": false}}');
INSERT INTO public.setting VALUES ('suppression_key', '36f460d26c3324df0c5a10c39ce0cbc2ef19f7484c9b60519cd49553151a0bb2');
INSERT INTO public.setting VALUES ('token_key', 'efa06d2b6bcb754b896ab87e349c5a953976f48be834919bea2cdff2b38e3df8725d78dba2b643435539e4913261ad0cd7e3c42055668fa51c255c4c83aa4ae1');
INSERT INTO public.setting VALUES ('trait.clv.computed_at', '1795374377187702');
INSERT INTO public.setting VALUES ('trait.expected_purchases.computed_at', '1795374381986753');
INSERT INTO public.setting VALUES ('trait.p_alive.computed_at', '1795374382027349');
INSERT INTO public.suppression VALUES (1, 'email', 'a0510275dcd7e8967766289b4549176525aa209834cbae6df5842a8ed113ca80', '', 'erased', 'marketing', 1795374287934137, NULL, '', 'crmkit', NULL, '', '');
INSERT INTO public.team VALUES (1, 'shop', NULL);
INSERT INTO public.team_member VALUES (1, 1, 1);
SELECT pg_catalog.setval('public.access_id_seq', 2, true);
SELECT pg_catalog.setval('public.address_strike_id_seq', 1, false);
SELECT pg_catalog.setval('public.analytical_fit_id_seq', 2, true);
SELECT pg_catalog.setval('public.campaign_journey_id_seq', 1, true);
SELECT pg_catalog.setval('public.campaign_journey_person_id_seq', 2, true);
SELECT pg_catalog.setval('public.campaign_journey_version_id_seq', 1, true);
SELECT pg_catalog.setval('public.campaign_recipient_id_seq', 2, true);
SELECT pg_catalog.setval('public.campaign_run_id_seq', 1, true);
SELECT pg_catalog.setval('public.change_seq_seq', 22, true);
SELECT pg_catalog.setval('public.consent_id_seq', 2, true);
SELECT pg_catalog.setval('public.contact_point_id_seq', 6, true);
SELECT pg_catalog.setval('public.customer_alias_id_seq', 3, true);
SELECT pg_catalog.setval('public.customer_choice_id_seq', 1, false);
SELECT pg_catalog.setval('public.customer_field_id_seq', 1, true);
SELECT pg_catalog.setval('public.customer_id_seq', 5, true);
SELECT pg_catalog.setval('public.customer_tag_id_seq', 4, true);
SELECT pg_catalog.setval('public.decision_id_seq', 1, false);
SELECT pg_catalog.setval('public.duplicate_id_seq', 1, false);
SELECT pg_catalog.setval('public.edit_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.effect_id_seq', 6, true);
SELECT pg_catalog.setval('public.email_folder_id_seq', 1, false);
SELECT pg_catalog.setval('public.email_hit_id_seq', 1, false);
SELECT pg_catalog.setval('public.email_link_id_seq', 1, false);
SELECT pg_catalog.setval('public.email_parked_id_seq', 1, false);
SELECT pg_catalog.setval('public.email_preflight_id_seq', 1, false);
SELECT pg_catalog.setval('public.employee_id_seq', 1, true);
SELECT pg_catalog.setval('public.erasure_id_seq', 1, true);
SELECT pg_catalog.setval('public.exchange_rate_id_seq', 1, false);
SELECT pg_catalog.setval('public.goal_course_id_seq', 6, true);
SELECT pg_catalog.setval('public.hold_on_id_seq', 1, false);
SELECT pg_catalog.setval('public.identity_id_seq', 1, false);
SELECT pg_catalog.setval('public.import_batch_id_seq', 1, false);
SELECT pg_catalog.setval('public.import_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.incoming_id_seq', 1, false);
SELECT pg_catalog.setval('public.interaction_seq_seq', 11, true);
SELECT pg_catalog.setval('public.legal_hold_id_seq', 1, false);
SELECT pg_catalog.setval('public.merge_id_seq', 1, true);
SELECT pg_catalog.setval('public.merge_moved_id_seq', 2, true);
SELECT pg_catalog.setval('public.merge_removed_id_seq', 1, true);
SELECT pg_catalog.setval('public.merge_run_id_seq', 1, true);
SELECT pg_catalog.setval('public.merge_value_id_seq', 3, true);
SELECT pg_catalog.setval('public.message_template_id_seq', 1, true);
SELECT pg_catalog.setval('public.observer_id_seq', 2, true);
SELECT pg_catalog.setval('public.operational_case_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_coupon_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_deal_contact_id_seq', 1, false);
SELECT pg_catalog.setval('public.operational_deal_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_lead_id_seq', 1, false);
SELECT pg_catalog.setval('public.operational_points_entry_id_seq', 10, true);
SELECT pg_catalog.setval('public.operational_price_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_product_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_quote_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_quote_line_id_seq', 1, false);
SELECT pg_catalog.setval('public.operational_task_id_seq', 1, true);
SELECT pg_catalog.setval('public.operational_tier_id_seq', 1, false);
SELECT pg_catalog.setval('public.plan_act_id_seq', 6, true);
SELECT pg_catalog.setval('public.plan_id_seq', 3, true);
SELECT pg_catalog.setval('public.preference_id_seq', 1, false);
SELECT pg_catalog.setval('public.privacy_request_id_seq', 1, false);
SELECT pg_catalog.setval('public.relationship_id_seq', 1, false);
SELECT pg_catalog.setval('public.review_id_seq', 1, false);
SELECT pg_catalog.setval('public.segment_stay_id_seq', 2, true);
SELECT pg_catalog.setval('public.suppression_id_seq', 1, true);
SELECT pg_catalog.setval('public.team_id_seq', 1, true);
SELECT pg_catalog.setval('public.team_member_id_seq', 1, true);
SELECT pg_catalog.setval('public.trait_value_id_seq', 1, false);
ALTER TABLE ONLY public.analytical_schema_version
    ADD CONSTRAINT analytical_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.campaign_schema_version
    ADD CONSTRAINT campaign_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.crmkit_schema_version
    ADD CONSTRAINT crmkit_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.email_schema_version
    ADD CONSTRAINT email_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.operational_schema_version
    ADD CONSTRAINT operational_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.access
    ADD CONSTRAINT pk_access PRIMARY KEY (id);
ALTER TABLE ONLY public.address_strike
    ADD CONSTRAINT pk_address_strike PRIMARY KEY (id);
ALTER TABLE ONLY public.analytical_fit
    ADD CONSTRAINT pk_analytical_fit PRIMARY KEY (id);
ALTER TABLE ONLY public.campaign_journey
    ADD CONSTRAINT pk_campaign_journey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaign_journey_person
    ADD CONSTRAINT pk_campaign_journey_person PRIMARY KEY (id);
ALTER TABLE ONLY public.campaign_journey_version
    ADD CONSTRAINT pk_campaign_journey_version PRIMARY KEY (id);
ALTER TABLE ONLY public.campaign_recipient
    ADD CONSTRAINT pk_campaign_recipient PRIMARY KEY (id);
ALTER TABLE ONLY public.campaign_run
    ADD CONSTRAINT pk_campaign_run PRIMARY KEY (id);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT pk_change PRIMARY KEY (seq);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT pk_consent PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT pk_contact_point PRIMARY KEY (id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT pk_customer PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_alias
    ADD CONSTRAINT pk_customer_alias PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT pk_customer_choice PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT pk_customer_field PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT pk_customer_tag PRIMARY KEY (id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT pk_decision PRIMARY KEY (id);
ALTER TABLE ONLY public.duplicate
    ADD CONSTRAINT pk_duplicate PRIMARY KEY (id);
ALTER TABLE ONLY public.edit_run
    ADD CONSTRAINT pk_edit_run PRIMARY KEY (id);
ALTER TABLE ONLY public.effect
    ADD CONSTRAINT pk_effect PRIMARY KEY (id);
ALTER TABLE ONLY public.email_folder
    ADD CONSTRAINT pk_email_folder PRIMARY KEY (id);
ALTER TABLE ONLY public.email_hit
    ADD CONSTRAINT pk_email_hit PRIMARY KEY (id);
ALTER TABLE ONLY public.email_link
    ADD CONSTRAINT pk_email_link PRIMARY KEY (id);
ALTER TABLE ONLY public.email_parked
    ADD CONSTRAINT pk_email_parked PRIMARY KEY (id);
ALTER TABLE ONLY public.email_preflight
    ADD CONSTRAINT pk_email_preflight PRIMARY KEY (id);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT pk_employee PRIMARY KEY (id);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (id);
ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT pk_exchange_rate PRIMARY KEY (id);
ALTER TABLE ONLY public.goal_course
    ADD CONSTRAINT pk_goal_course PRIMARY KEY (id);
ALTER TABLE ONLY public.hold_on
    ADD CONSTRAINT pk_hold_on PRIMARY KEY (id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT pk_identity PRIMARY KEY (id);
ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT pk_import_batch PRIMARY KEY (id);
ALTER TABLE ONLY public.import_run
    ADD CONSTRAINT pk_import_run PRIMARY KEY (id);
ALTER TABLE ONLY public.incoming
    ADD CONSTRAINT pk_incoming PRIMARY KEY (id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT pk_interaction PRIMARY KEY (seq);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT pk_job PRIMARY KEY (name);
ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT pk_legal_hold PRIMARY KEY (id);
ALTER TABLE ONLY public.merge
    ADD CONSTRAINT pk_merge PRIMARY KEY (id);
ALTER TABLE ONLY public.merge_moved
    ADD CONSTRAINT pk_merge_moved PRIMARY KEY (id);
ALTER TABLE ONLY public.merge_removed
    ADD CONSTRAINT pk_merge_removed PRIMARY KEY (id);
ALTER TABLE ONLY public.merge_run
    ADD CONSTRAINT pk_merge_run PRIMARY KEY (id);
ALTER TABLE ONLY public.merge_value
    ADD CONSTRAINT pk_merge_value PRIMARY KEY (id);
ALTER TABLE ONLY public.message_template
    ADD CONSTRAINT pk_message_template PRIMARY KEY (id);
ALTER TABLE ONLY public.numbering
    ADD CONSTRAINT pk_numbering PRIMARY KEY (series);
ALTER TABLE ONLY public.observer
    ADD CONSTRAINT pk_observer PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_case
    ADD CONSTRAINT pk_operational_case PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_coupon
    ADD CONSTRAINT pk_operational_coupon PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_deal
    ADD CONSTRAINT pk_operational_deal PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_deal_contact
    ADD CONSTRAINT pk_operational_deal_contact PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_lead
    ADD CONSTRAINT pk_operational_lead PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_points_entry
    ADD CONSTRAINT pk_operational_points_entry PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_price
    ADD CONSTRAINT pk_operational_price PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_product
    ADD CONSTRAINT pk_operational_product PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_quote
    ADD CONSTRAINT pk_operational_quote PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_quote_line
    ADD CONSTRAINT pk_operational_quote_line PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT pk_operational_task PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_tier
    ADD CONSTRAINT pk_operational_tier PRIMARY KEY (id);
ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT pk_ownership PRIMARY KEY (table_name);
ALTER TABLE ONLY public.plan
    ADD CONSTRAINT pk_plan PRIMARY KEY (id);
ALTER TABLE ONLY public.plan_act
    ADD CONSTRAINT pk_plan_act PRIMARY KEY (id);
ALTER TABLE ONLY public.plugin
    ADD CONSTRAINT pk_plugin PRIMARY KEY (name);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT pk_preference PRIMARY KEY (id);
ALTER TABLE ONLY public.privacy_request
    ADD CONSTRAINT pk_privacy_request PRIMARY KEY (id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT pk_relationship PRIMARY KEY (id);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT pk_review PRIMARY KEY (id);
ALTER TABLE ONLY public.rule
    ADD CONSTRAINT pk_rule PRIMARY KEY (name);
ALTER TABLE ONLY public.segment_stay
    ADD CONSTRAINT pk_segment_stay PRIMARY KEY (id);
ALTER TABLE ONLY public.send_rate
    ADD CONSTRAINT pk_send_rate PRIMARY KEY (channel, key);
ALTER TABLE ONLY public.setting
    ADD CONSTRAINT pk_setting PRIMARY KEY (key);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT pk_suppression PRIMARY KEY (id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT pk_team PRIMARY KEY (id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT pk_team_member PRIMARY KEY (id);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT pk_trait_value PRIMARY KEY (id);
ALTER TABLE ONLY public.address_strike
    ADD CONSTRAINT uq_address_strike_digest UNIQUE (digest);
ALTER TABLE ONLY public.campaign_journey
    ADD CONSTRAINT uq_campaign_journey_name UNIQUE (name);
ALTER TABLE ONLY public.campaign_journey_person
    ADD CONSTRAINT uq_campaign_journey_person_journey_customer_id UNIQUE (journey, customer_id);
ALTER TABLE ONLY public.campaign_journey_version
    ADD CONSTRAINT uq_campaign_journey_version_journey_number UNIQUE (journey, number);
ALTER TABLE ONLY public.campaign_recipient
    ADD CONSTRAINT uq_campaign_recipient_run_id_occasion_customer_id UNIQUE (run_id, occasion, customer_id);
ALTER TABLE ONLY public.campaign_run
    ADD CONSTRAINT uq_campaign_run_campaign_number UNIQUE (campaign, number);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT uq_contact_point_customer_id_kind_normalised UNIQUE (customer_id, kind, normalised);
ALTER TABLE ONLY public.customer_alias
    ADD CONSTRAINT uq_customer_alias_uid UNIQUE (uid);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT uq_customer_choice_customer_id_field_value UNIQUE (customer_id, field, value);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT uq_customer_field_customer_id UNIQUE (customer_id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT uq_customer_tag_tag_customer_id UNIQUE (tag, customer_id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT uq_customer_uid UNIQUE (uid);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT uq_decision_origin_step_customer_id UNIQUE (origin, step, customer_id);
ALTER TABLE ONLY public.duplicate
    ADD CONSTRAINT uq_duplicate_customer_id_other_id UNIQUE (customer_id, other_id);
ALTER TABLE ONLY public.effect
    ADD CONSTRAINT uq_effect_origin_step_occasion_customer_id_rehearsed UNIQUE (origin, step, occasion, customer_id, rehearsed);
ALTER TABLE ONLY public.email_folder
    ADD CONSTRAINT uq_email_folder_account_folder UNIQUE (account, folder);
ALTER TABLE ONLY public.email_link
    ADD CONSTRAINT uq_email_link_digest UNIQUE (digest);
ALTER TABLE ONLY public.email_parked
    ADD CONSTRAINT uq_email_parked_place_key UNIQUE (place, key);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT uq_employee_email UNIQUE (email);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT uq_employee_uid UNIQUE (uid);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT uq_erasure_uid UNIQUE (uid);
ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT uq_exchange_rate_currency_base_valid_from UNIQUE (currency, base, valid_from);
ALTER TABLE ONLY public.goal_course
    ADD CONSTRAINT uq_goal_course_goal_asked_starts_on UNIQUE (goal, asked, starts_on);
ALTER TABLE ONLY public.hold_on
    ADD CONSTRAINT uq_hold_on_kind_name UNIQUE (kind, name);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT uq_identity_scheme_value UNIQUE (scheme, value);
ALTER TABLE ONLY public.incoming
    ADD CONSTRAINT uq_incoming_name_message_id UNIQUE (name, message_id);
ALTER TABLE ONLY public.message_template
    ADD CONSTRAINT uq_message_template_name_digest UNIQUE (name, digest);
ALTER TABLE ONLY public.message_template
    ADD CONSTRAINT uq_message_template_name_version UNIQUE (name, version);
ALTER TABLE ONLY public.observer
    ADD CONSTRAINT uq_observer_plugin_hook UNIQUE (plugin, hook);
ALTER TABLE ONLY public.operational_coupon
    ADD CONSTRAINT uq_operational_coupon_because_of UNIQUE (because_of);
ALTER TABLE ONLY public.operational_coupon
    ADD CONSTRAINT uq_operational_coupon_code UNIQUE (code);
ALTER TABLE ONLY public.operational_deal_contact
    ADD CONSTRAINT uq_operational_deal_contact_deal_id_customer_id UNIQUE (deal_id, customer_id);
ALTER TABLE ONLY public.operational_lead
    ADD CONSTRAINT uq_operational_lead_customer_id UNIQUE (customer_id);
ALTER TABLE ONLY public.operational_points_entry
    ADD CONSTRAINT uq_operational_points_entry_because_of_account UNIQUE (because_of, account);
ALTER TABLE ONLY public.operational_price
    ADD CONSTRAINT uq_operational_price_product_id_price_list_currency_fro_e5dd UNIQUE (product_id, price_list, currency, from_quantity, valid_from);
ALTER TABLE ONLY public.operational_product
    ADD CONSTRAINT uq_operational_product_sku UNIQUE (sku);
ALTER TABLE ONLY public.operational_quote_line
    ADD CONSTRAINT uq_operational_quote_line_quote_id_position UNIQUE (quote_id, "position");
ALTER TABLE ONLY public.operational_tier
    ADD CONSTRAINT uq_operational_tier_customer_id UNIQUE (customer_id);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT uq_preference_customer_id_topic_value UNIQUE (customer_id, topic, value);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT uq_relationship_customer_id_other_id_kind UNIQUE (customer_id, other_id, kind);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT uq_team_member_team_id_employee_id UNIQUE (team_id, employee_id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT uq_team_name UNIQUE (name);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT uq_trait_value_trait_customer_id UNIQUE (trait, customer_id);
CREATE INDEX ix_access_customer_id ON public.access USING btree (customer_id);
CREATE INDEX ix_analytical_fit_model ON public.analytical_fit USING btree (model, as_of);
CREATE INDEX ix_campaign_journey_person_customer_id ON public.campaign_journey_person USING btree (customer_id);
CREATE INDEX ix_campaign_journey_person_due ON public.campaign_journey_person USING btree (journey, state, version, step, due_at);
CREATE INDEX ix_campaign_journey_person_due_at ON public.campaign_journey_person USING btree (journey, state, due_at);
CREATE INDEX ix_campaign_recipient_customer_id ON public.campaign_recipient USING btree (customer_id);
CREATE INDEX ix_campaign_recipient_run_id_due_at ON public.campaign_recipient USING btree (run_id, due_at);
CREATE INDEX ix_change_customer ON public.change USING btree (customer_id, seq);
CREATE INDEX ix_consent_customer_id ON public.consent USING btree (customer_id);
CREATE INDEX ix_contact_point_normalised_kind ON public.contact_point USING btree (normalised, kind);
CREATE INDEX ix_customer_alias_customer_id ON public.customer_alias USING btree (customer_id);
CREATE INDEX ix_customer_choice_field_value ON public.customer_choice USING btree (field, value);
CREATE INDEX ix_customer_owner_id ON public.customer USING btree (owner_id);
CREATE INDEX ix_customer_search ON public.customer USING gin (to_tsvector('simple'::regconfig, fold));
CREATE INDEX ix_customer_tag_customer_id ON public.customer_tag USING btree (customer_id);
CREATE INDEX ix_decision_customer_id ON public.decision USING btree (customer_id);
CREATE INDEX ix_duplicate_other_id ON public.duplicate USING btree (other_id);
CREATE INDEX ix_duplicate_state_score ON public.duplicate USING btree (state, score);
CREATE INDEX ix_effect_customer_id_contact_at ON public.effect USING btree (customer_id, contact_at) WHERE (contact_at IS NOT NULL);
CREATE INDEX ix_effect_customer_id_settled_at ON public.effect USING btree (customer_id, settled_at);
CREATE INDEX ix_effect_due_at ON public.effect USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_effect_lease_until ON public.effect USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX ix_effect_plan_id ON public.effect USING btree (plan_id);
CREATE INDEX ix_effect_recipient ON public.effect USING btree (recipient) WHERE (recipient IS NOT NULL);
CREATE INDEX ix_email_hit_customer_id ON public.email_hit USING btree (customer_id);
CREATE INDEX ix_email_hit_effect ON public.email_hit USING btree (effect);
CREATE INDEX ix_email_hit_noted_at ON public.email_hit USING btree (noted_at);
CREATE INDEX ix_email_parked_at ON public.email_parked USING btree (at);
CREATE INDEX ix_identity_customer_id ON public.identity USING btree (customer_id);
CREATE INDEX ix_import_batch_run_id ON public.import_batch USING btree (run_id);
CREATE INDEX ix_incoming_at ON public.incoming USING btree (at);
CREATE INDEX ix_interaction_corrects ON public.interaction USING btree (corrects, known_at) WHERE (corrects IS NOT NULL);
CREATE INDEX ix_interaction_currency ON public.interaction USING btree (currency);
CREATE INDEX ix_interaction_customer_time ON public.interaction USING btree (customer_id, occurred_at);
CREATE INDEX ix_interaction_type_customer_time_amount ON public.interaction USING btree (type, customer_id, occurred_at, amount, known_at, superseded_by);
CREATE INDEX ix_legal_hold_customer_id ON public.legal_hold USING btree (customer_id);
CREATE INDEX ix_merge_loser_id ON public.merge USING btree (loser_id);
CREATE INDEX ix_merge_moved_merge_id ON public.merge_moved USING btree (merge_id);
CREATE INDEX ix_merge_removed_merge_id ON public.merge_removed USING btree (merge_id);
CREATE INDEX ix_merge_run_id ON public.merge USING btree (run_id);
CREATE INDEX ix_merge_survivor_id ON public.merge USING btree (survivor_id);
CREATE INDEX ix_merge_value_merge_id ON public.merge_value USING btree (merge_id);
CREATE INDEX ix_operational_case_customer_id ON public.operational_case USING btree (customer_id);
CREATE INDEX ix_operational_case_employee_id ON public.operational_case USING btree (employee_id);
CREATE INDEX ix_operational_case_next_at ON public.operational_case USING btree (next_at);
CREATE INDEX ix_operational_case_state_id ON public.operational_case USING btree (state, id);
CREATE INDEX ix_operational_coupon_customer_id ON public.operational_coupon USING btree (customer_id);
CREATE INDEX ix_operational_deal_close_on ON public.operational_deal USING btree (close_on);
CREATE INDEX ix_operational_deal_contact_customer_id ON public.operational_deal_contact USING btree (customer_id);
CREATE INDEX ix_operational_deal_contact_deal_id ON public.operational_deal_contact USING btree (deal_id);
CREATE INDEX ix_operational_deal_customer_id ON public.operational_deal USING btree (customer_id);
CREATE INDEX ix_operational_deal_employee_id ON public.operational_deal USING btree (employee_id);
CREATE INDEX ix_operational_deal_next_on ON public.operational_deal USING btree (next_on);
CREATE INDEX ix_operational_deal_state_id ON public.operational_deal USING btree (state, id);
CREATE INDEX ix_operational_lead_assigned_to ON public.operational_lead USING btree (assigned_to);
CREATE INDEX ix_operational_points_entry_about ON public.operational_points_entry USING btree (about);
CREATE INDEX ix_operational_points_entry_customer ON public.operational_points_entry USING btree (customer_id, card, account);
CREATE INDEX ix_operational_points_entry_expires_at ON public.operational_points_entry USING btree (expires_at);
CREATE INDEX ix_operational_quote_customer_id ON public.operational_quote USING btree (customer_id);
CREATE INDEX ix_operational_quote_employee_id ON public.operational_quote USING btree (employee_id);
CREATE INDEX ix_operational_quote_line_customer_id ON public.operational_quote_line USING btree (customer_id);
CREATE INDEX ix_operational_quote_state_id ON public.operational_quote USING btree (state, id);
CREATE INDEX ix_operational_quote_valid_until ON public.operational_quote USING btree (valid_until);
CREATE INDEX ix_operational_task_customer_id ON public.operational_task USING btree (customer_id);
CREATE INDEX ix_operational_task_due ON public.operational_task USING btree (due);
CREATE INDEX ix_operational_task_employee_id ON public.operational_task USING btree (employee_id);
CREATE INDEX ix_operational_task_state_id ON public.operational_task USING btree (state, id);
CREATE INDEX ix_ownership_plugin ON public.ownership USING btree (plugin);
CREATE INDEX ix_plan_act_customer_id ON public.plan_act USING btree (customer_id);
CREATE INDEX ix_plan_act_plan_id_state ON public.plan_act USING btree (plan_id, state);
CREATE INDEX ix_privacy_request_customer_id ON public.privacy_request USING btree (customer_id);
CREATE INDEX ix_privacy_request_state_due_on ON public.privacy_request USING btree (state, due_on);
CREATE INDEX ix_relationship_other_id ON public.relationship USING btree (other_id);
CREATE INDEX ix_review_customer_id ON public.review USING btree (customer_id);
CREATE INDEX ix_segment_stay_customer_id ON public.segment_stay USING btree (customer_id);
CREATE INDEX ix_segment_stay_segment_entered_at ON public.segment_stay USING btree (segment, entered_at);
CREATE INDEX ix_suppression_digest ON public.suppression USING btree (digest);
CREATE INDEX ix_team_member_employee_id ON public.team_member USING btree (employee_id);
CREATE INDEX ix_trait_value_customer_id ON public.trait_value USING btree (customer_id);
CREATE UNIQUE INDEX uq_interaction_source_ref ON public.interaction USING btree (source, source_ref) WHERE (source_ref IS NOT NULL);
CREATE UNIQUE INDEX uq_operational_quote_number ON public.operational_quote USING btree (number);
CREATE UNIQUE INDEX uq_operational_task_because_of ON public.operational_task USING btree (because_of);
CREATE UNIQUE INDEX uq_segment_stay_open ON public.segment_stay USING btree (segment, customer_id) WHERE (left_at IS NULL);
CREATE UNIQUE INDEX uq_suppression_digest_purpose_reason ON public.suppression USING btree (digest, purpose, reason) WHERE (lifted_at IS NULL);
ALTER TABLE ONLY public.access
    ADD CONSTRAINT fk_access_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.campaign_journey_person
    ADD CONSTRAINT fk_campaign_journey_person_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.campaign_recipient
    ADD CONSTRAINT fk_campaign_recipient_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.campaign_recipient
    ADD CONSTRAINT fk_campaign_recipient_run_id FOREIGN KEY (run_id) REFERENCES public.campaign_run(id);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT fk_change_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT fk_consent_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT fk_contact_point_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer_alias
    ADD CONSTRAINT fk_customer_alias_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT fk_customer_choice_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT fk_customer_field_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT fk_customer_owner_id FOREIGN KEY (owner_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT fk_customer_tag_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.duplicate
    ADD CONSTRAINT fk_duplicate_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.duplicate
    ADD CONSTRAINT fk_duplicate_other_id FOREIGN KEY (other_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.effect
    ADD CONSTRAINT fk_effect_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.email_hit
    ADD CONSTRAINT fk_email_hit_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.email_hit
    ADD CONSTRAINT fk_email_hit_link_id FOREIGN KEY (link_id) REFERENCES public.email_link(id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT fk_identity_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT fk_import_batch_run_id FOREIGN KEY (run_id) REFERENCES public.import_run(id);
ALTER TABLE ONLY public.incoming
    ADD CONSTRAINT fk_incoming_run_id FOREIGN KEY (run_id) REFERENCES public.import_run(id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT fk_interaction_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT fk_interaction_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.legal_hold
    ADD CONSTRAINT fk_legal_hold_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.merge_moved
    ADD CONSTRAINT fk_merge_moved_merge_id FOREIGN KEY (merge_id) REFERENCES public.merge(id);
ALTER TABLE ONLY public.merge_removed
    ADD CONSTRAINT fk_merge_removed_merge_id FOREIGN KEY (merge_id) REFERENCES public.merge(id);
ALTER TABLE ONLY public.merge
    ADD CONSTRAINT fk_merge_run_id FOREIGN KEY (run_id) REFERENCES public.merge_run(id);
ALTER TABLE ONLY public.merge_value
    ADD CONSTRAINT fk_merge_value_merge_id FOREIGN KEY (merge_id) REFERENCES public.merge(id);
ALTER TABLE ONLY public.operational_case
    ADD CONSTRAINT fk_operational_case_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_case
    ADD CONSTRAINT fk_operational_case_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_coupon
    ADD CONSTRAINT fk_operational_coupon_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_coupon
    ADD CONSTRAINT fk_operational_coupon_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_deal_contact
    ADD CONSTRAINT fk_operational_deal_contact_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_deal
    ADD CONSTRAINT fk_operational_deal_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_deal
    ADD CONSTRAINT fk_operational_deal_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_lead
    ADD CONSTRAINT fk_operational_lead_assigned_to FOREIGN KEY (assigned_to) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_lead
    ADD CONSTRAINT fk_operational_lead_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_points_entry
    ADD CONSTRAINT fk_operational_points_entry_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_points_entry
    ADD CONSTRAINT fk_operational_points_entry_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_price
    ADD CONSTRAINT fk_operational_price_product_id FOREIGN KEY (product_id) REFERENCES public.operational_product(id);
ALTER TABLE ONLY public.operational_quote
    ADD CONSTRAINT fk_operational_quote_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_quote
    ADD CONSTRAINT fk_operational_quote_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_quote_line
    ADD CONSTRAINT fk_operational_quote_line_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT fk_operational_task_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT fk_operational_task_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_tier
    ADD CONSTRAINT fk_operational_tier_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.plan_act
    ADD CONSTRAINT fk_plan_act_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.plan_act
    ADD CONSTRAINT fk_plan_act_plan_id FOREIGN KEY (plan_id) REFERENCES public.plan(id);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT fk_preference_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.privacy_request
    ADD CONSTRAINT fk_privacy_request_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT fk_relationship_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT fk_relationship_other_id FOREIGN KEY (other_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT fk_review_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.segment_stay
    ADD CONSTRAINT fk_segment_stay_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT fk_team_member_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT fk_team_member_team_id FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT fk_team_parent_id FOREIGN KEY (parent_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT fk_trait_value_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
