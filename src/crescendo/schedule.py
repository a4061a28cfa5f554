"""What runs by the clock, all of it on one page. Times are UTC; cron's five columns.

A task is an ordinary function in its app's `tasks.py`; only the when stands here.
"""

import procrastinate

# (when, task, what for)
EVERY = [
    ("* * * * *", "crescendo.comms.tasks.send_pending", "post whatever a stopped worker left behind"),
    ("*/5 * * * *", "crescendo.comms.tasks.retry_stalled_jobs", "take up jobs whose worker died"),
    ("*/10 * * * *", "imports.sweep_killed_runs", "imports whose process was killed say so"),
    ("*/5 * * * *", "imports.look_for_files", "files of watched folders, SFTP and APIs are brought in"),
    ("*/15 * * * *", "imports.notice_late_files", "people hear when a system's files have not come"),
    ("22 * * * *", "imports.remove_old_files", "raw files go when their time is over"),
    ("40 5 * * 1-5", "coaching.remind_quiet_pairs", "pairs that have been quiet for two weeks hear of it"),
    (
        "7,37 * * * *",
        "crescendo.indicators.tasks.measure_new_day",
        "a new school day is measured as soon as it begins",
    ),
    ("50 5 * * *", "plans.remind", "people hear which steps and reviews of their plans are due"),
    ("27 3 * * *", "api.forget_old", "answers to other systems' batches are kept for thirty days"),
    ("13 2 * * *", "identity.find_pairs", "pairs of students that may be one person are proposed"),
    ("43 2 * * *", "quality.check", "what is missing, late or wrong in the data is looked for"),
    ("17 3 * * *", "crescendo.comms.tasks.forget_old_jobs", "finished jobs are kept for thirty days"),
]


def register(app: procrastinate.App) -> None:
    """Tell the worker what to start when. Called once, when every app's tasks are known."""
    for cron, name, _purpose in EVERY:
        app.periodic(cron=cron, queueing_lock=name)(app.tasks[name])
