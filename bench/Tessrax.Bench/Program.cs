using BenchmarkDotNet.Running;
using Tessrax.Bench.Ratios;

// `ratios ...` is our own paired runner; anything else goes to BenchmarkDotNet.
if (args is ["ratios", .. string[] rest])
    return RatioRun.Start(rest);
BenchmarkSwitcher.FromAssembly(typeof(RatioRun).Assembly).Run(args);
return 0;
