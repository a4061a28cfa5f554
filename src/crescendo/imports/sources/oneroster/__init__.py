"""OneRoster CSV 1.1 and 1.2: a package of CSV files that student information systems export.

Strict: the files are refused unless they keep every rule of the standard. Forgiving (the default): what is meant
without doubt is read, what is not is set aside row by row, and both are said.
"""

from crescendo.imports.bench import Workbench

from . import handing_over, late, package, places, references, sds, sds_v1, semantics, values


def stage(bench: Workbench) -> None:
    """Unpack, check and hand over one delivery."""
    late.say_if_delivered_before(bench)
    files = package.unpack(bench)
    bench.stop_on_errors()
    if sds_v1.is_meant(files):
        sds_v1.stage(bench, files)
        return
    delivery = package.open_delivery(bench, files)
    if not bench.strict:
        sds.adapt(bench, delivery)
    bench.stop_on_errors()
    values.check_headers(bench, delivery)
    bench.stop_on_errors()
    values.check_cells(bench, delivery)
    places.make_placeholder_sessions(bench, delivery)
    references.check(bench, delivery)
    semantics.check(bench, delivery)
    bench.stop_on_errors()
    late.leave_out_late_rows(bench, delivery)
    handing_over.hand_over(bench, delivery)
