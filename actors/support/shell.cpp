#include "actors/support/shell.hpp"

#include <spdlog/spdlog.h>

#include <caf/message_view.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>
#include <caf/type_erased_tuple.hpp>

#include "actors/support/caf_error.hpp"

namespace ff::actors {
namespace {

constexpr ErrorDef handler_failed{"pkg/errors", "rpc_recovered", Code::internal,
                                  "panic in {component}: {panic}"};

caf::error on_exception(std::string_view kind, std::exception_ptr& exception) {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& failure) {
    what = failure.what();
  } catch (...) {
    what = "not a std::exception";
  }
  spdlog::error("msg=\"handler failed\" actor={} error=\"{}\"", kind, what);
  return to_caf(Error(handler_failed, {{"component", kind}, {"panic", what}}));
}

}  // namespace

void prepare(caf::scheduled_actor* self, std::string_view kind) {
  self->set_exception_handler([kind](caf::scheduled_actor*, std::exception_ptr& exception) {
    return on_exception(kind, exception);
  });
  self->set_default_handler([kind](caf::scheduled_actor*, caf::message_view& message) {
    spdlog::warn("msg=\"unexpected message\" actor={} type=\"{}\"", kind,
                 caf::to_string(message.content()));
    return caf::result<caf::message>(caf::sec::unexpected_message);
  });
}

}  // namespace ff::actors
