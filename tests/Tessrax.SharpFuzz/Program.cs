using SharpFuzz;
using Tessrax.SharpFuzz;
using Tessrax.Tests.Fuzz;

// What a target starts from, one input a file. Not from an assembly that is instrumented.
if (args is ["seeds", { } of, { } directory])
{
    Directory.CreateDirectory(directory);
    foreach ((int number, byte[] seed) in Target(of).Seeds().Distinct().Index())
        File.WriteAllBytes(Path.Combine(directory, $"seed-{number:D3}"), seed);
    return 0;
}

// Started by afl-fuzz, with the name of a target of the test project's table. eng/coverage-fuzz.sh instruments what it is to see.
if (args is not [{ } name])
{
    Console.Error.WriteLine(
        "usage: Tessrax.SharpFuzz TARGET under afl-fuzz, or seeds TARGET DIRECTORY; see eng/coverage-fuzz.sh"
    );
    return 2;
}

// Instrumented code runs only inside: before, there is no memory to write its branches to.
FuzzTarget? target = null;
Fuzzer.Run(stream =>
{
    target ??= Target(name);
    using var input = new MemoryStream();
    stream.CopyTo(input);
    if (FuzzJudge.Judge(target, input.ToArray()).Fault is { } fault)
        throw new InvalidOperationException(fault);
});
return 0;

static FuzzTarget Target(string name) => name == PlantedParser.Name ? PlantedParser.Target : FuzzTargets.ByName(name);
