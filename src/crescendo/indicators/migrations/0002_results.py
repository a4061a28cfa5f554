"""Results: partitioned by run, made, filled and shown as one, dropped as one.

The worker loads a run's rows into tables of their own and shows them by attaching: readers never wait for it.
Making, attaching and dropping are the owner's; the worker asks through three functions, which only it may call.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

# Widest columns first, so that a row has no padding. Codes compare byte by byte: they are no words of a language.
TABLES = """
CREATE TABLE indicators_studentvalue (
    run_id bigint NOT NULL, id bigint NOT NULL, student_id bigint NOT NULL, school_id bigint,
    numerator double precision, denominator double precision, value double precision, flag boolean,
    indicator varchar(60) COLLATE "C" NOT NULL, rule_pack varchar(60) COLLATE "C" NOT NULL,
    status varchar(20) COLLATE "C" NOT NULL, reason varchar(60) COLLATE "C"
) PARTITION BY LIST (run_id);
CREATE TABLE indicators_groupvalue (
    run_id bigint NOT NULL, id bigint NOT NULL, organisation_id bigint NOT NULL,
    numerator double precision, denominator double precision, n_students bigint,
    value double precision, lower double precision, upper double precision,
    indicator varchar(60) COLLATE "C" NOT NULL, rule_pack varchar(60) COLLATE "C" NOT NULL,
    characteristic varchar(60) COLLATE "C" NOT NULL, group_value varchar(80) COLLATE "C" NOT NULL,
    status varchar(20) COLLATE "C" NOT NULL, reason varchar(60) COLLATE "C"
) PARTITION BY LIST (run_id);
CREATE TABLE indicators_series (
    run_id bigint NOT NULL, id bigint NOT NULL, organisation_id bigint NOT NULL,
    indicator varchar(60) COLLATE "C" NOT NULL, rule_pack varchar(60) COLLATE "C" NOT NULL,
    period varchar(20) COLLATE "C" NOT NULL, begins_on date[] NOT NULL, numerator double precision[] NOT NULL,
    denominator double precision[] NOT NULL, value double precision[] NOT NULL,
    CHECK (cardinality(begins_on) = cardinality(numerator)),
    CHECK (cardinality(begins_on) = cardinality(denominator)),
    CHECK (cardinality(begins_on) = cardinality(value))
) PARTITION BY LIST (run_id);
CREATE INDEX indicators_studentvalue_student ON indicators_studentvalue (student_id);
CREATE INDEX indicators_studentvalue_school ON indicators_studentvalue (school_id, indicator)
    WHERE school_id IS NOT NULL;
CREATE INDEX indicators_groupvalue_organisation ON indicators_groupvalue (organisation_id, indicator);
CREATE INDEX indicators_series_organisation ON indicators_series (organisation_id, indicator);
"""

# The check constraint is what the attachment would otherwise read every row for.
MAKE = """
CREATE FUNCTION indicators_make_results(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text;
    partition text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['indicators_studentvalue', 'indicators_groupvalue', 'indicators_series'] LOOP
        partition := parent || '_r' || run;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING CONSTRAINTS, CHECK (run_id = %s))',
                       partition, parent, run);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, crescendo_web', partition);
        EXECUTE format('GRANT SELECT, INSERT ON public.%I TO crescendo_worker', partition);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION indicators_make_results(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION indicators_make_results(bigint) TO crescendo_worker;
"""

SHOW = """
CREATE FUNCTION indicators_show_results(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text;
    partition text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['indicators_studentvalue', 'indicators_groupvalue', 'indicators_series'] LOOP
        partition := parent || '_r' || run;
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%s)',
                       parent, partition, run);
        EXECUTE format('REVOKE INSERT ON public.%I FROM crescendo_worker', partition);
        EXECUTE format('ANALYZE public.%I', partition);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION indicators_show_results(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION indicators_show_results(bigint) TO crescendo_worker;
"""

# Dropping has to wait for whoever is reading. It gives up soon rather than make others wait behind it;
# the next measurement tries again.
DROP = """
CREATE FUNCTION indicators_drop_results(keep bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS partition, substring(c.relname FROM '_r([0-9]+)$')::bigint AS run
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND c.relname ~ '^indicators_(studentvalue|groupvalue|series)_r[0-9]+$'
        ORDER BY c.relname
    LOOP
        CONTINUE WHEN found.run = ANY (keep);
        EXECUTE format('DROP TABLE %s', found.partition);
        RETURN NEXT found.run;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION indicators_drop_results(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION indicators_drop_results(bigint[]) TO crescendo_worker;
"""

UNDO = """
DROP FUNCTION indicators_drop_results(bigint[]);
DROP FUNCTION indicators_show_results(bigint);
DROP FUNCTION indicators_make_results(bigint);
DROP TABLE indicators_studentvalue, indicators_groupvalue, indicators_series;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([TABLES, MAKE, SHOW, DROP], UNDO)],
            state_operations=[
                migrations.CreateModel(
                    name="GroupValue",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "run_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("run_id", models.BigIntegerField()),
                        ("id", models.BigIntegerField()),
                        ("indicator", models.CharField(max_length=60)),
                        ("rule_pack", models.CharField(max_length=60)),
                        ("organisation_id", models.BigIntegerField()),
                        ("characteristic", models.CharField(blank=True, max_length=60)),
                        ("group_value", models.CharField(blank=True, max_length=80)),
                        ("numerator", models.FloatField(null=True)),
                        ("denominator", models.FloatField(null=True)),
                        ("n_students", models.BigIntegerField(null=True)),
                        ("value", models.FloatField(null=True)),
                        ("lower", models.FloatField(null=True)),
                        ("upper", models.FloatField(null=True)),
                        ("status", models.CharField(max_length=20)),
                        ("reason", models.CharField(max_length=60, null=True)),
                    ],
                    options={
                        "db_table": "indicators_groupvalue",
                    },
                ),
                migrations.CreateModel(
                    name="Series",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "run_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("run_id", models.BigIntegerField()),
                        ("id", models.BigIntegerField()),
                        ("indicator", models.CharField(max_length=60)),
                        ("rule_pack", models.CharField(max_length=60)),
                        ("organisation_id", models.BigIntegerField()),
                        ("period", models.CharField(max_length=20)),
                        (
                            "begins_on",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateField(), size=None
                            ),
                        ),
                        (
                            "numerator",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                        (
                            "denominator",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                        (
                            "value",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "series",
                        "db_table": "indicators_series",
                    },
                ),
                migrations.CreateModel(
                    name="StudentValue",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "run_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("run_id", models.BigIntegerField()),
                        ("id", models.BigIntegerField()),
                        ("indicator", models.CharField(max_length=60)),
                        ("rule_pack", models.CharField(max_length=60)),
                        ("student_id", models.BigIntegerField()),
                        ("school_id", models.BigIntegerField(null=True)),
                        ("numerator", models.FloatField(null=True)),
                        ("denominator", models.FloatField(null=True)),
                        ("value", models.FloatField(null=True)),
                        ("flag", models.BooleanField(null=True)),
                        ("status", models.CharField(max_length=20)),
                        ("reason", models.CharField(max_length=60, null=True)),
                    ],
                    options={
                        "db_table": "indicators_studentvalue",
                    },
                ),
            ],
        ),
    ]
