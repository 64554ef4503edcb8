/* mgcsim/junit.c - verdicts as JUnit XML, which every CI system reads */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <libxml/xmlwriter.h>

#include "tools/mgcsim/verdict.h"

static void put_attr(xmlTextWriter *w, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(w, BAD_CAST name, BAD_CAST value);
}

static void put_failure(xmlTextWriter *w, const struct verdict *v)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return;
	verdict_text(v, to);
	if (!fclose(to)) {
		xmlTextWriterStartElement(w, BAD_CAST "failure");
		put_attr(w, "type", v->step);
		put_attr(w, "message", text);
		if (v->ladder)
			xmlTextWriterWriteString(w, BAD_CAST v->ladder);
		xmlTextWriterEndElement(w);
	}
	free(text);
}

static void put_case(xmlTextWriter *w, const struct verdict *v,
		     const char *scenario, const char *file)
{
	xmlTextWriterStartElement(w, BAD_CAST "testcase");
	put_attr(w, "classname", file);
	if (v->user)
		xmlTextWriterWriteFormatAttribute(
			w, BAD_CAST "name", "%s user %u", scenario, v->user);
	else
		put_attr(w, "name", scenario);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "assertions", "%u",
					  v->steps);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "time", "%.3f",
					  v->seconds);
	if (!v->is_pass)
		put_failure(w, v);
	xmlTextWriterEndElement(w);
}

static void put_suite(xmlTextWriter *w, const struct verdicts *all,
		      const char *scenario, const char *file)
{
	const struct verdict *v;
	char now[32];
	time_t t = time(NULL);
	struct tm tm;
	double seconds = 0;

	STAILQ_FOREACH (v, &all->list, entry)
		seconds = v->seconds > seconds ? v->seconds : seconds;
	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%S", gmtime_r(&t, &tm));
	xmlTextWriterStartElement(w, BAD_CAST "testsuite");
	put_attr(w, "name", scenario);
	put_attr(w, "timestamp", now);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "tests", "%u",
					  all->n_pass + all->n_fail);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "failures", "%u",
					  all->n_fail);
	put_attr(w, "errors", "0");
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "time", "%.3f", seconds);
	STAILQ_FOREACH (v, &all->list, entry)
		put_case(w, v, scenario, file);
	xmlTextWriterEndElement(w);
}

int junit_write(const struct verdicts *all, const char *scenario,
		const char *file, const char *path)
{
	xmlTextWriter *w = xmlNewTextWriterFilename(path, 0);
	int rc;

	if (!w)
		return -EIO;
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(w, BAD_CAST "testsuites");
	put_suite(w, all, scenario, file);
	rc = xmlTextWriterEndDocument(w);
	if (rc >= 0)
		rc = xmlTextWriterFlush(w);
	xmlFreeTextWriter(w);
	return rc < 0 ? -EIO : 0;
}
