from django.db import migrations

from steelyard.web.audit.rowguard import append_only, grant, row_security
from steelyard.web.orgs.scope import child_policy, tenant_policy

KEEP_FLOW = """
CREATE FUNCTION public.powers_keep_flow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END;
BEGIN
  IF (TG_OP = 'INSERT' OR was <> NEW.state) AND NOT EXISTS (
    SELECT 1 FROM powers_allowedstep a WHERE a.flow = TG_ARGV[0] AND a.source = was AND a.target = NEW.state
  ) THEN
    RAISE EXCEPTION 'the workflow % knows no way from "%" to "%"', TG_ARGV[0], was, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
CHILDREN = ("matterstep", "plannedrent", "payment", "gateevent", "powersevent")


class Migration(migrations.Migration):
    dependencies = [("powers", "0001_initial"), ("orgs", "0002_rights")]
    operations = [
        migrations.RunSQL(KEEP_FLOW, "DROP FUNCTION public.powers_keep_flow()"),
        grant("powers_allowedstep", web="SELECT", worker="SELECT"),
        row_security("powers_matter", tenant_policy()),
        *(
            row_security(f"powers_{name}", child_policy("powers_matter", "matter_id"), web="SELECT, INSERT")
            for name in CHILDREN
        ),
        *(append_only(f"powers_{name}") for name in ("matterstep", "plannedrent", "payment", "gateevent")),
    ]
