#!/usr/bin/env perl
# Turns the formulas of Doxygen's pages into MathML, by one call of pandoc for all, and takes out the script that would fetch MathJax and links to
# sections that Doxygen has left out.
#   reference.pl page.html...
use strict;
use warnings;

my (%page, %number, @formulas);
my $formula = qr/\\\((.+?)\\\)|\\\[(.+?)\\\]/s;
for my $file (@ARGV) {
  open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
  local $/;
  my $text = <$in>;
  $text =~ s{<script type="text/(?:x-mathjax-config|javascript)"[^>]*>\s*MathJax.*?</script>}{}gs;
  $text =~ s{<script[^>]*MathJax\.js[^>]*></script>}{}g;
  $text =~ s{(<div id="projectname">)Simulacra}{$1<a href="../index.html">Simulacra</a>};  # the way back
  $text =~ s{<a href="#nested-classes">[^<]*</a>(?: &#124;)?}{} unless $text =~ /name="nested-classes"/;
  $page{$file} = $text;
  while ($text =~ /$formula/g) {
    my $key = defined $1 ? "\$$1\$" : "\$\$$2\$\$";
    next if exists $number{$key};
    $number{$key} = @formulas;
    (my $tex = $key) =~ s/\s+/ /g;
    $tex =~ s/^(\$+) /$1/;
    $tex =~ s/ (\$+)$/$1/;
    $tex =~ s/&lt;/</g, $tex =~ s/&gt;/>/g, $tex =~ s/&quot;/"/g, $tex =~ s/&#39;/'/g, $tex =~ s/&amp;/&/g;
    $tex =~ s/\\[bB]ig{1,2}l\b/\\left/g, $tex =~ s/\\[bB]ig{1,2}r\b/\\right/g;  # texmath does not know all
    $tex =~ s/\\[td]binom\b/\\binom/g;
    push @formulas, $tex;
  }
}

my $source = "$ENV{TMPDIR}/formulas.md";
open my $out, '>:encoding(UTF-8)', $source or die "$source: $!";
print $out "$_\n\n" for @formulas;
close $out;
open my $made, '-|:encoding(UTF-8)', 'pandoc', '-f', 'markdown+tex_math_dollars', '-t', 'html', '--mathml', $source or die "pandoc: $!";
my $all = do { local $/; <$made> };
close $made or die "pandoc could not read a formula\n";
my @math = $all =~ m{<p>(.*?)</p>}gs;
die scalar(@math) . " formulas came back of " . scalar(@formulas) . "\n" unless @math == @formulas;
my @lost = grep { $math[$_] !~ /<math/ } 0 .. $#math;
die "not understood:\n", map { "$formulas[$_]\n" } @lost if @lost;

for my $file (@ARGV) {
  $page{$file} =~ s/$formula/$math[$number{defined $1 ? "\$$1\$" : "\$\$$2\$\$"}]/ge;
  open my $write, '>:encoding(UTF-8)', $file or die "$file: $!";
  print $write $page{$file};
}
