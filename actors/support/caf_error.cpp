#include "actors/support/caf_error.hpp"

#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include "actors/support/local_message.hpp"

namespace ff::actors {
struct ErrorBox {
  Error error;
};
}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::ErrorBox)

namespace ff::actors {
namespace {
constexpr auto category = caf::atom("farfield");
}

caf::error to_caf(const Error& error) {
  return caf::error{static_cast<std::uint8_t>(error.code()), category,
                    caf::make_message(ErrorBox{error})};
}

Error from_caf(const caf::error& error) {
  if (error.category() == category && error.context().match_elements<ErrorBox>()) {
    return error.context().get_as<ErrorBox>(0).error;
  }
  if (error == caf::sec::request_timeout) return Error(request_timed_out);
  return Error(receiver_down, {{"reason", caf::to_string(error)}});
}

}  // namespace ff::actors
