// INTERNAL: refusals of the API in words for people.
#pragma once

#include <string>

#include "app/api/account/api_client.hpp"
#include "protocol/base/error.hpp"

namespace ff::api::account {

std::string problem_text(const Refusal& refusal);
std::string problem_text(const Error& error);

}  // namespace ff::api::account
