#pragma once

// The members of the JSON objects, one list for both directions: the visitor writes them or reads them, so that client
// and daemon cannot drift.
//
//   visit(name, value)           a number, a word, a sentence, a time, or an optional one of these (null)
//   visit.path(name, bytes)      a file name or path: bytes
//   visit.document(name, text)   JSON text, "" for none

#include <concepts>
#include <type_traits>

#include "daemon/api/json_types.h"
#include "daemon/queue/types.h"

namespace dropload::api {

template <typename Visitor, typename Rows>
requires std::same_as<std::remove_const_t<Rows>, queue::Rows>
void visit_members(Visitor& visit, Rows& rows) {
  visit("total", rows.total);
  visit("success", rows.success);
  visit("warnings", rows.warnings);
}

template <typename Visitor, typename Table>
void visit_table(Visitor& visit, Table& table) {
  visit("organization", table.organization);
  visit("workspace", table.workspace);
  visit("table", table.table);
}

template <typename Visitor, typename InPackage>
requires std::same_as<std::remove_const_t<InPackage>, queue::InPackage>
void visit_members(Visitor& visit, InPackage& package) {
  visit("id", package.id);
  visit.path("name", package.name);
  visit.path("member", package.member);
}

template <typename Visitor, typename Submission>
requires std::same_as<std::remove_const_t<Submission>, queue::Submission>
void visit_members(Visitor& visit, Submission& submission) {
  visit("id", submission.id);
  visit("state", submission.state);
  visit("route", submission.route);
  visit_table(visit, submission.table);
  visit("source", submission.source);
  visit.path("file_name", submission.file_name);
  visit("size", submission.size);
  visit("sha256", submission.sha256);
  visit("reason", submission.reason);
  visit("advice", submission.advice);
  visit("code", submission.code);
  visit("attempts", submission.attempts);
  visit("accepted_at", submission.accepted_at);
  visit("not_before", submission.not_before);
  visit("ended_at", submission.ended_at);
  visit("rows", submission.rows);
  visit("records", submission.records);
  visit.path("drop_directory", submission.drop_directory);
  visit.path("retired_to", submission.retired_to);
  visit("retire_trouble", submission.retire_trouble);
  visit("removed_at", submission.removed_at);
  visit("priority", submission.priority);
  visit("superseded_by", submission.superseded_by);
  visit("retry_of", submission.retry_of);
  visit("retried_as", submission.retried_as);
  visit("duplicate_of", submission.duplicate_of);
  visit("warnings", submission.warnings);
  visit("package", submission.package);
}

template <typename Visitor, typename Finding>
requires std::same_as<std::remove_const_t<Finding>, queue::Finding>
void visit_members(Visitor& visit, Finding& finding) {
  visit("code", finding.code);
  visit("severity", finding.severity);
  visit("text", finding.text);
  visit("line", finding.line);
}

template <typename Visitor, typename Job>
requires std::same_as<std::remove_const_t<Job>, queue::Job>
void visit_members(Visitor& visit, Job& job) {
  visit("id", job.id);
  visit("submission", job.submission);
  visit("parts", job.parts);
  visit("state", job.state);
  visit_table(visit, job.table);
  visit("whole_sent", job.whole_sent);
  visit("workspace_id", job.workspace_id);
  visit("remote_id", job.remote_id);
  visit("started_at", job.started_at);
  visit("sent_at", job.sent_at);
  visit("next_poll_at", job.next_poll_at);
  visit("forgotten_at", job.forgotten_at);
  visit("polls", job.polls);
  visit("holds_slot_until", job.holds_slot_until);
  visit("next_look_at", job.next_look_at);
  visit("looks", job.looks);
  visit("ended_at", job.ended_at);
  visit("remote_code", job.remote_code);
  visit("message", job.message);
  visit.document("summary", job.summary);
}

template <typename Visitor, typename Event>
requires std::same_as<std::remove_const_t<Event>, queue::Event>
void visit_members(Visitor& visit, Event& event) {
  visit("at", event.at);
  visit("what", event.what);
  visit("text", event.text);
}

template <typename Visitor, typename Pause>
requires std::same_as<std::remove_const_t<Pause>, queue::Pause>
void visit_members(Visitor& visit, Pause& pause) {
  visit("reason", pause.reason);
  visit("until", pause.until);
}

template <typename Visitor, typename Organization>
requires std::same_as<std::remove_const_t<Organization>, OrganizationView>
void visit_members(Visitor& visit, Organization& organization) {
  visit("name", organization.name);
  visit("paused", organization.paused);
  visit("probing", organization.probing);
  visit("max_jobs", organization.max_jobs);
  visit("slots_held", organization.slots_held);
  visit("uploading", organization.uploading);
  visit("others", organization.others);
  visit("others_told_at", organization.others_told_at);
  visit("bulk_calls", organization.bulk_calls);
  visit("bulk_allowed", organization.bulk_allowed);
  visit("closed_until", organization.closed_until);
}

template <typename Visitor, typename Drop>
requires std::same_as<std::remove_const_t<Drop>, DropView>
void visit_members(Visitor& visit, Drop& drop) {
  visit("state", drop.state);
  visit("reason", drop.reason);
  visit("since", drop.since);
  visit("arriving", drop.arriving);
  visit("ignored", drop.ignored);
  visit("not_taken", drop.not_taken);
  visit("directories", drop.directories);
  visit("unwatched", drop.unwatched);
  visit("overflows", drop.overflows);
}

template <typename Visitor, typename Intake>
requires std::same_as<std::remove_const_t<Intake>, IntakeView>
void visit_members(Visitor& visit, Intake& intake) {
  visit("state", intake.state);
  visit("reason", intake.reason);
  visit("since", intake.since);
}

template <typename Visitor, typename Named>
requires std::same_as<std::remove_const_t<Named>, NameAndWhy>
void visit_members(Visitor& visit, Named& named) {
  visit.path("name", named.name);
  visit("why", named.why);
}

template <typename Visitor, typename Expected>
requires std::same_as<std::remove_const_t<Expected>, ExpectedView>
void visit_members(Visitor& visit, Expected& expected) {
  visit("expect", expected.expect);
  visit("state", expected.state);
  visit("sentence", expected.sentence);
  visit("due_at", expected.due_at);
  visit("next_due_at", expected.next_due_at);
  visit("submission", expected.submission);
}

// What a client reads of a route; the daemon writes more.
template <typename Visitor>
void visit_members(Visitor& visit, RouteView& route) {
  visit("name", route.name);
  visit("organization", route.organization);
  visit("workspace", route.workspace);
  visit("table", route.table);
  visit("priority", route.priority);
  visit("supersede", route.supersede);
  visit("paused", route.paused);
  visit("drop", route.drop);
  visit("intake", route.intake);
}

}  // namespace dropload::api
