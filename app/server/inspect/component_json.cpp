// Supervisors, committer and store.
#include <boost/json/array.hpp>

#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {
namespace {

using boost::json::array;
using boost::json::object;

/// Children of one name (shards) are one line: how many run, and the newest failure.
struct Group {
  std::size_t children = 0;
  std::size_t running = 0;
  std::uint64_t restarts = 0;
  std::optional<UtcTime> started_at;  // of the youngest
  std::optional<UtcTime> last_failure_at;
  std::string last_failure;

  void add(const actors::ChildSnapshot& child) {
    ++children;
    running += child.running ? 1 : 0;
    restarts += child.restarts;
    started_at = std::max(started_at, child.started_at);
    if (child.last_failure_at <= last_failure_at) return;
    last_failure_at = child.last_failure_at;
    last_failure = child.last_failure;
  }
  object part(const std::string& name) const {
    object out{{"name", text(name)},
               {"children", children},
               {"running", running},
               {"restarts", restarts},
               {"started_at", value_of(started_at)}};
    if (!last_failure_at) return out;
    out["last_failure_at"] = value_of(last_failure_at);
    out["last_failure"] = text(last_failure);
    return out;
  }
};

}  // namespace

object to_json(const actors::SupervisorSnapshot& supervisor) {
  std::vector<std::pair<std::string, Group>> groups;
  std::uint64_t restarts = 0;
  for (const auto& child : supervisor.children) {
    if (groups.empty() || groups.back().first != child.name) groups.push_back({child.name, {}});
    groups.back().second.add(child);
    restarts += child.restarts;
  }
  array children;
  for (const auto& [name, group] : groups) children.emplace_back(group.part(name));
  return {{"restarts", restarts}, {"children", std::move(children)}};
}

object to_json(const actors::CommitterSnapshot& committer) {
  object out{{"commits", committer.commits},
             {"batches", committer.writes},
             {"waiting_commits", committer.waiting_commits},
             {"waiting_bytes", committer.waiting_bytes},
             {"last_batch_commits", committer.last_commits},
             {"last_batch_bytes", committer.last_bytes},
             {"last_batch_at", value_of(committer.last_written_at)},
             {"last_batch_took", value_of(committer.last_duration)},
             {"failure", nullptr}};
  if (committer.failure) out["failure"] = committer.failure->to_string();
  return out;
}

object to_json(const storage::EngineStats& stats) {
  return {{"batches_written", stats.batches_written},
          {"records_written", stats.records_written},
          {"bytes_written", stats.bytes_written},
          {"syncs", stats.syncs},
          {"sync_micros", stats.sync_micros},
          {"sync_micros_p99", stats.sync_micros_p99},
          {"stalled", stats.stalled},
          {"stall_micros", stats.stall_micros},
          {"cache_bytes", stats.cache_bytes},
          {"memtable_bytes", stats.memtable_bytes},
          {"table_file_bytes", stats.table_file_bytes},
          {"compaction_pending_bytes", stats.compaction_pending_bytes},
          {"background_errors", stats.background_errors}};
}

}  // namespace ff::app
