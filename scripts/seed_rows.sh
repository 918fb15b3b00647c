# The rows of docs/seed_experiments.md; scripts/seed_table.sh sources this.
g='A Gaussian, and its theory'
row "$g" 'One Gaussian estimated from 10 to 10^7 samples; the notebook prints 0.92062 for the standard deviation at M = 10, the text 2.49e-4 for the mean at 10^7' \
  'gaussian_estimate' 'M = 10 to 10^7, 1000 fits, divisor n' 'collapsed draws; the exact mean beside each' \
  "sd at M = 10: $(have "$(number gaussian_estimate.csv sigma 1 n 10)"); error of the mean at 10^7: $(have "$(number gaussian_estimate.csv abs_mean_error 1 n 10000000)")" \
  'reproduced'
row "$g" 'Random walk of mean and deviation, 1000 generations' 'gaussian_walk' 'M = 100, 500, 1000, 10000, divisor n' '1000 runs with bands instead of one; also divisor n - 1' \
  "log variance at M = 100: $(have "$(number gaussian_walk.csv log_det 1000 replace n - 100)"), at 1000: $(have "$(number gaussian_walk.csv log_det 1000 replace n - 1000)"); sd at 10000: $(have "$(number gaussian_walk.csv sigma 1000 replace n - 10000)")" \
  'reproduced; a single run says little: the mean of the variance is carried by few'
row "$g" 'The same with all data kept' 'gaussian_walk' 'the pool of all data, divisor n, 1000 generations' '1000 runs' \
  "variance at M = 100: $(have "$(number gaussian_walk.csv variance 1000 accumulate n - 100)"); at 10000: $(have "$(number gaussian_walk.csv variance 1000 accumulate n - 10000)")" \
  'reproduced: it stops early, near 1'
row "$g" 'A pool of all data, M of which are used' 'claims --only kazdan/accumulate-subsample' 'subsamples without replacement' 'M = 10, 20 generations' \
  "variance: $(have "$(claim kazdan/accumulate-subsample)")" 'reproduced: a slow loss that ends'
row "$g" 'Theorem: E W2^2 grows without a bound' 'claims --only shumailov' 'unbiased fits, M fixed' 'with divisor n, as in the code, it ends at 2' \
  "n = 50, M = 100: $(have "$(claim shumailov/distance-grows)"); divisor n, n = 200: $(have "$(claim shumailov/distance-grows-divisor-n instead)")" \
  'true for the unbiased divisor, not for that of the code'
row "$g" 'Theorem: the covariance vanishes almost surely' 'claims --only shumailov/almost-sure-collapse' 'unbiased fits' 'M = 10, n = 200' \
  "log variance: $(have "$(claim shumailov/almost-sure-collapse)")" 'reproduced, with its rate'
row "$g" 'E W2^2 to first order, 3/2 of the sum of 1/M' 'claims --only shumailov/distance-leading-order' 'the formula' 'M = 10000, n = 10' \
  "$(have "$(claim shumailov/distance-leading-order)")" 'reproduced'
row "$g" 'Var W2^2' 'claims --only shumailov/distance-variance' 'the formula as it is often quoted: 7.9e-4' 'M = 1000, n = 20' \
  "$(have "$(claim shumailov/distance-variance instead)") with the exact form" 'not as quoted (its text was not looked up): to first order it is 5/2 n^2/M^2'
row "$g" 'Samples must grow faster than linearly' 'schedules' 'constant, linear, more than linear' 'exact limits' \
  "E W2^2 after 1000 fits, M = 100 at first: growing as n $(have "$(number schedules.csv w2_sq 1000 linear)"), n^1.1 $(have "$(number schedules.csv w2_sq 1000 n^1.1)"), n^2 $(have "$(number schedules.csv w2_sq 1000 quadratic)"); constant, after 100: $(have "$(number schedules.csv w2_sq 100 constant)")" 'reproduced; linear growth diverges as slowly as a logarithm'
row "$g" 'Noisy approximation' 'noisy_fit' 'noise of its own in each fit' 'its size is known, and the ledger books it' \
  "E W2^2 after 100 fits of 100000 samples: $(have "$(number noisy_fit.csv w2_sq 100 noisy 100000)"); without noise: $(have "$(number noisy_fit.csv w2_sq 100 exact 100000)")" 'reproduced: more data do not mend it'
row "$g" 'The general process: shares of new model, old law, truth' 'general_process' 'the process' 'a sweep over the shares, with stationary values' \
  "error of the mean, shares 0.3, 0.6, 0.1, generation 200: $(have "$(number general_process.csv mean_error_sq 200 0.6 0.1)"); with no truth: $(have "$(number general_process.csv mean_error_sq 200 0.6 0)")" 'bounded with any share of truth, and not without'

d='Discrete laws'
row "$d" 'The chain of counts is absorbed in one symbol' 'discrete_walk; claims --only shumailov/absorbing-symbol' 'replace, exact fits' 'whole ensembles; probabilities and times are exact' \
  "time from p = 0.05, M = 100: $(have "$(number discrete_walk.csv fixation_time 1000 'p = 0.05' 2 100 replace 0)"); P(the symbol of 0.2 wins): $(have "$(claim shumailov/absorbing-symbol)")" 'reproduced'
row "$d" 'Events of probability q are missed with probability (1 - q)^M' 'discrete_walk' 'one fit' 'a Zipf law, 1000 symbols, exponent 1.5, M = 500' \
  "mass lost by one fit: $(have "$(number discrete_walk.csv missing_mass 1 'Zipf 1.5' 1000 500 replace 0)"); by ten: $(have "$(number discrete_walk.csv missing_mass 10 'Zipf 1.5' 1000 500 replace 0)")" 'reproduced'

m='A mixture'
row "$m" 'One blob in the plane, two components, M = 1000, 2050 generations' 'mixture_walk' 'EM to 1e-5, floor 1e-6, full covariances, snapshots' 'ensembles; the moments of the whole mixture are exact' \
  "deviation of a component at the end: $(have "$(number mixture_walk.csv component_sd 2050 blob replace 2 1000 1e-06 1e-05)")" 'reproduced: two points'
row "$m" 'Distance to the first fit, which grows and jumps; the notebook prints 536.28 at its end' 'mixture_walk' 'squared L2 to the first fit, 500 to 50000 samples' 'the distance to the truth, too' \
  "M = 500, generation 2050, median: $(have "$(short "$(get mixture_walk.csv l2_to_first_fit 2050 q50 blob replace 2 500)")"); M = 10000, generation 50: $(have "$(number mixture_walk.csv l2_to_first_fit 50 blob replace 2 10000)")" 'reproduced; the jumps at large M are EM stopping at its tolerance'

v='Autoencoders'
row "$v" 'A variational autoencoder of digits, trained on the means that it draws; nothing kept' 'digits_walk --data DIR' 'means of the decoder, the encoder of generation 0 looks' '8 x 8 digits, 64-128-10 units, three runs; a linear model beside it' \
  "spread of the codes, real digits having 1: generation 1 $(have "$(number digits_walk.csv spread 1 vae 0)"), 4 $(have "$(number digits_walk.csv spread 4 vae 0)"), 9 $(have "$(number digits_walk.csv spread 9 vae 0)"); linear model drawn with noise, 9: $(have "$(number digits_walk.csv spread 9 ppca 0)")" 'reproduced; what collapses is the habit of publishing means'
row "$v" 'The same with a tenth kept' 'digits_walk --data DIR --replicates 2' 'a tenth of the real digits' 'likewise, two runs' \
  "at generation 4: $(have "$(number digits_walk.csv spread 4 vae 0.1)"); at 9: $(have "$(number digits_walk.csv spread 9 vae 0.1)")" 'not as said: a tenth delays this collapse and does not stop it'

l='A language model'
lm() { number "language_$1/language_walk.csv" "$2" "$3" WikiText-2 word 3 witten_bell "$1" "$4"; }
lmrow() {  # <decoder> <paper> <verdict>
  row "$l" "$2" "language_walk --data DIR --decoder $1 --generations 10" 'blocks of 64 tokens, as much text a generation, 0 % against 10 % kept, histogram of perplexities' \
    'word trigrams, trained anew on the validation text; all three perplexities' \
    "real text, fits 1 to 10: $(have "$(lm "$1" real_perplexity 1 replace)") to $(have "$(lm "$1" real_perplexity 10 replace)"), a tenth kept $(have "$(lm "$1" real_perplexity 10 preserve)"); what is written, under the first model: $(have "$(lm "$1" generated_under_first 1 replace)") to $(have "$(lm "$1" generated_under_first 10 replace)")" "$3"
}
lmrow ancestral 'Perplexity over generations, from scratch' 'real text is understood worse and worse; what is written becomes ever less likely'
lmrow best_of_5 'The same where likely text is preferred' 'real text worse still; what is written becomes ever *likelier*, as in the paper'"'"'s histogram'
lmrow beam_5 'Continuations of real blocks by a beam of 5' 'what is written stays as likely as it was; real text is not understood at all any more: these models have no other knowledge'
lmrow beam_5_no_repeats 'The penalty on repetitions, by which the paper shows that repeats are not what the collapse is' 'with a penalty of 2 the collapse is slower, and stays'
tuned() { number language_neural/language_walk.csv real_perplexity "$1" WikiText-2 character 5 "neural_$2_epochs" ancestral "$3"; }
row "$l" 'A base model is fine-tuned in every generation, for 5 or 10 epochs' 'language_walk --model neural --data DIR --base FILE' 'each generation begins at the base' \
  'a network of 48 units, characters, 400 blocks of 64; base: 1600 blocks of the training text; one run' \
  "real text, generations 1 to 8, 5 epochs: $(have "$(tuned 1 5 replace)") to $(have "$(tuned 8 5 replace)"), a tenth kept $(have "$(tuned 8 5 preserve)"); 10 epochs: $(have "$(tuned 1 10 replace)") to $(have "$(tuned 8 10 replace)"), a tenth kept $(have "$(tuned 8 10 preserve)")" 'reproduced: a slow loss, and more epochs lose more'
