"""What the worker does for comms. The clock is read here and handed down."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import actions

logger = logging.getLogger("crescendo.comms")

KEEP_FINISHED_JOBS_HOURS = 30 * 24


@app.task(name="crescendo.comms.tasks.send_outbox", queue="comms")
def send_outbox() -> None:
    """Address every entry, then send every e-mail that is due."""
    _send_everything()


@app.task(name="crescendo.comms.tasks.send_pending", queue="comms")
def send_pending(timestamp: int) -> None:
    """The same by the clock: what a stopped worker or an unreachable mail server left behind."""
    _send_everything()


def _send_everything() -> None:
    addressed = sent = 0
    while actions.address_next_entry(at=school_time.now(), on=school_time.today()):
        addressed += 1
    while actions.send_next_email(at=school_time.now(), on=school_time.today()):
        sent += 1
    if addressed or sent:
        logger.info("outbox: %d entries addressed, %d e-mails handled", addressed, sent)


@app.task(name="crescendo.comms.tasks.retry_stalled_jobs", queue="comms", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A job whose worker sent no sign of life for half a minute starts again. Every task may run twice."""
    for job in await context.app.job_manager.get_stalled_jobs():
        logger.warning("job %s was left by its worker; it starts again", job.id)
        await context.app.job_manager.retry_job(job)


@app.task(name="crescendo.comms.tasks.forget_old_jobs", queue="comms", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs go after thirty days; failed ones stay until somebody has looked."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_JOBS_HOURS)
