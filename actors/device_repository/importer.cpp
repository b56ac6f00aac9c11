// The import at the start of a server: what an operator has put beside it.
#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <future>

#include "actors/device_repository/actor.hpp"
#include "actors/device_repository/import.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::device_repository {
namespace {

struct Shell {
  static inline const char* name = "device_repository_import";
};
using Pointer = ImporterHandle::stateful_pointer<Shell>;

constexpr ErrorDef committer_gone{"pkg/devicerepository/import", "store_unavailable",
                                  Code::unavailable, "the store is being closed"};

/// Takes a commit's end to the thread that waits for it.
class Written final : public actors::Release {
 public:
  std::future<Status> outcome() { return promise_.get_future(); }
  void committed() noexcept override { promise_.set_value({}); }
  void failed(const Error& error) noexcept override { promise_.set_value(fail(error)); }

 private:
  std::promise<Status> promise_;
};

Status write(const actors::Deps& deps, storage::WriteBatch batch) {
  auto written = std::make_shared<Written>();
  auto outcome = written->outcome();
  caf::anon_send(deps.committer.get(), actors::Commit{std::move(batch), std::move(written)});
  try {
    return outcome.get();
  } catch (const std::future_error&) {
    // Dropped without a word.
    return fail(committer_gone);
  }
}

void report_problem(const std::string& path, const std::string& reason) {
  spdlog::warn("msg=\"file of the device repository is wrong\" path=\"{}\" reason=\"{}\"", path,
               reason);
}

void import_now(Pointer self, const RepositoryConfig& config, const actors::Deps& deps) {
  auto source = open_source(config.source);
  // The only message that can wait is the one that ends this.
  const ImportHooks hooks{
      .write = [&](storage::WriteBatch batch) { return write(deps, std::move(batch)); },
      .problem = report_problem,
      .progress = [self](const ImportReport&) { return actors::waiting_messages(*self) == 0; }};
  const auto report =
      source ? import_repository(**source, *config.store, hooks) : fail(source.error());
  if (!report) {
    spdlog::warn("msg=\"device repository is not imported\" error=\"{}\"",
                 report.error().message());
    return;
  }
  spdlog::info(
      "msg=\"device repository imported\" files={} imported={} unchanged={} removed={} bad={}",
      report->files, report->imported, report->unchanged, report->removed, report->bad);
}

ImporterHandle::behavior_type importer(Pointer self, const RepositoryConfig& config,
                                       const actors::Deps& deps, const RepositoryHandle& reader) {
  actors::prepare(self, Shell::name);
  caf::anon_send(ImporterHandle(self), ImportNow{});
  return {[self, config, deps, reader](const ImportNow&) {
    import_now(self, config, deps);
    caf::anon_send(reader, RepositoryChanged{});
  }};
}

}  // namespace

ImporterHandle spawn_importer(caf::actor_system& system, const RepositoryConfig& config,
                              const actors::Deps& deps, const RepositoryHandle& reader) {
  return system.spawn<caf::detached>(importer, config, deps, reader);
}

}  // namespace ff::device_repository
