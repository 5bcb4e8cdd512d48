// The page of an export shows its file as soon as the job has ended.
document.addEventListener("xl:job-ended", () => location.reload());
