using System.Reflection;
using System.Reflection.Emit;

namespace Tessrax.Tests.Architecture;

/// <summary>Every type that a type depends on: in its declaration, its members, and the code of its methods.</summary>
/// <remarks>Constants and enum values leave no trace in compiled code, so they are not seen here.</remarks>
internal static class UsedTypes
{
    private const BindingFlags All =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static HashSet<Type> Of(Type type)
    {
        var used = new HashSet<Type>();
        Add(used, type.BaseType);
        foreach (Type implemented in type.GetInterfaces())
            Add(used, implemented);
        foreach (Type parameter in type.GetGenericArguments())
            AddConstraints(used, parameter);
        foreach (CustomAttributeData attribute in type.GetCustomAttributesData())
            Add(used, attribute.AttributeType);
        foreach (FieldInfo field in type.GetFields(All))
            Add(used, field.FieldType);
        foreach (MethodBase method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
            AddMethod(used, method);
        return used;
    }

    private static void AddMethod(HashSet<Type> used, MethodBase method)
    {
        AddSignature(used, method);
        if (method.IsGenericMethodDefinition)
        {
            foreach (Type parameter in method.GetGenericArguments())
                AddConstraints(used, parameter);
        }
        if (method.GetMethodBody() is not { } body)
            return;
        foreach (LocalVariableInfo local in body.LocalVariables)
            Add(used, local.LocalType);
        foreach (ExceptionHandlingClause clause in body.ExceptionHandlingClauses)
        {
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause)
                Add(used, clause.CatchType);
        }
        Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (int token in Tokens(body.GetILAsByteArray()!))
            AddMember(used, method.Module.ResolveMember(token, ofType, ofMethod)!);
    }

    private static void AddMember(HashSet<Type> used, MemberInfo member)
    {
        // The compiler writes this call into every iterator; it tells code nothing about its environment.
        if (member is { Name: "get_CurrentManagedThreadId", DeclaringType.FullName: "System.Environment" })
            return;
        Add(used, member as Type ?? member.DeclaringType);
        if (member is FieldInfo field)
            Add(used, field.FieldType);
        if (member is not MethodBase method)
            return;
        AddSignature(used, method);
        if (method.IsGenericMethod)
        {
            foreach (Type argument in method.GetGenericArguments())
                Add(used, argument);
        }
    }

    private static void AddSignature(HashSet<Type> used, MethodBase method)
    {
        foreach (ParameterInfo parameter in method.GetParameters())
            Add(used, parameter.ParameterType);
        if (method is MethodInfo { ReturnType: var returned })
            Add(used, returned);
    }

    private static void AddConstraints(HashSet<Type> used, Type parameter)
    {
        if (!parameter.IsGenericParameter)
            return;
        foreach (Type constraint in parameter.GetGenericParameterConstraints())
            Add(used, constraint);
    }

    // Takes apart arrays, references and generic types; counts a nested type's outer types too.
    private static void Add(HashSet<Type> used, Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
        {
            Add(used, type.GetElementType());
            return;
        }
        foreach (Type argument in type.GetGenericArguments())
            Add(used, argument);
        used.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        Add(used, type.DeclaringType is { IsGenericType: true } ? null : type.DeclaringType);
    }

    // The metadata tokens in a method's code (ECMA-335, partition III): members, types and what ldtoken takes.
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length; )
        {
            short value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            OpCode op = OpCodesByValue[value];
            at += op.Size;
            switch (op.OperandType)
            {
                case OperandType.InlineField:
                case OperandType.InlineMethod:
                case OperandType.InlineTok:
                case OperandType.InlineType:
                    yield return BitConverter.ToInt32(code, at);
                    break;
            }
            at += OperandSize(op.OperandType, code, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] code, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
            _ => 4,
        };
}
