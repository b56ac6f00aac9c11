#include "actors/application_server/pipeline/config.hpp"

#include <gtest/gtest.h>

#include "actors/application_server/pipeline/errors.hpp"

namespace ff::application_server {
namespace {

TEST(PipelineConfig, HasAttemptsThatCanBeMade) {
  const auto error = [](std::uint32_t attempts, std::uint32_t max) {
    const PipelineConfig config{.default_retry_attempts = attempts, .max_retry_attempts = max};
    const auto status = config.validate();
    return status ? std::string() : std::string(status.error().name());
  };
  EXPECT_TRUE(PipelineConfig().validate());
  EXPECT_EQ(error(5, 5), "");
  EXPECT_EQ(error(0, 5), "zero_attempt_counts");
  EXPECT_EQ(error(0, 0), "zero_attempt_counts");
  EXPECT_EQ(error(6, 5), "default_retry_count_larger_than_max");
}

}  // namespace
}  // namespace ff::application_server
