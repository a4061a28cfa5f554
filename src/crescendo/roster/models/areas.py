from django.db import models


class AreaSwitch(models.Model):
    """What somebody decided about one area of the product; without a row its size decides.

    The code `small_school` is the site's own: whether it is treated as a small school, whatever is counted.
    """

    code = models.CharField(max_length=40, primary_key=True)
    is_on = models.BooleanField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {'on' if self.is_on else 'off'}"
