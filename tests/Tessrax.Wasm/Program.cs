using Tessrax.Tests.Wasm;

// One line a finding, "name value"; the test makes the same lines without WebAssembly and compares.
foreach (string line in EngineReport.Lines())
    Console.WriteLine(line);
