#include "actors/application_server/pipeline/config.hpp"

#include "actors/application_server/pipeline/errors.hpp"

namespace ff::application_server {

Status PipelineConfig::validate() const {
  if (default_retry_attempts == 0 || max_retry_attempts == 0) return fail(zero_attempt_counts);
  if (default_retry_attempts > max_retry_attempts) return fail(default_retry_count_larger_than_max);
  return {};
}

}  // namespace ff::application_server
