from django.db import migrations

from steelyard.web.audit.rowguard import append_only, row_security
from steelyard.web.orgs.scope import child_policy, tenant_policy

FLOW = """
CREATE TRIGGER governance_loophole_flow BEFORE INSERT OR UPDATE ON governance_loophole
  FOR EACH ROW EXECUTE FUNCTION public.powers_keep_flow('loophole');
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("powers", "0002_rights")]
    operations = [
        row_security("governance_loophole", tenant_policy()),
        migrations.RunSQL(FLOW, "DROP TRIGGER governance_loophole_flow ON governance_loophole"),
        row_security(
            "governance_loopholestep", child_policy("governance_loophole", "loophole_id"), web="SELECT, INSERT"
        ),
        append_only("governance_loopholestep"),
    ]
