// Result<T>: a value or an Error. The only way a failure leaves a function; exceptions never cross
// a folder.
#pragma once

#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "protocol/base/error.hpp"

namespace ff {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

/// `return fail(def, {{"name", value}});`
[[nodiscard]] inline tl::unexpected<Error> fail(const ErrorDef& def,
                                                std::vector<Attribute> attributes = {}) {
  return tl::unexpected<Error>(Error(def, std::move(attributes)));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// Spells that a result is dropped on purpose, and why.
template <class T>
void ignore(const Result<T>&, [[maybe_unused]] const char* why) {}

}  // namespace ff

/// Returns the error of `expression` (a Result) from the enclosing function, if it has one.
#define FF_CHECK(expression)                                                               \
  do {                                                                                     \
    auto&& ff_check_result_ = (expression);                                                \
    if (!ff_check_result_) return ::tl::unexpected<::ff::Error>(ff_check_result_.error()); \
  } while (false)

#define FF_CONCAT_INNER(a, b) a##b
#define FF_CONCAT(a, b) FF_CONCAT_INNER(a, b)
/// `FF_TRY(auto value, parse(x));` declares `value` or returns the error.
#define FF_TRY(declaration, expression)                                                    \
  auto FF_CONCAT(ff_try_, __LINE__) = (expression);                                        \
  if (!FF_CONCAT(ff_try_, __LINE__))                                                       \
    return ::tl::unexpected<::ff::Error>(std::move(FF_CONCAT(ff_try_, __LINE__)).error()); \
  declaration = *std::move(FF_CONCAT(ff_try_, __LINE__))
