// The one stylesheet of the account pages, part of the program.
#pragma once

#include <string_view>

namespace ff::api::account {

std::string_view stylesheet() noexcept;

}  // namespace ff::api::account
